"""Schelling's town and an epidemic in Mesa, with the rules of economies/schelling.ts and economies/epidemic.ts.

`--as-example` runs the Schelling model that Mesa ships (mesa.examples.basic.schelling), data collection and all; without it the model is one
that a careful user would write: no data collection, cells and types read directly, and of the epidemic only who is infected does anything.
Timed: the steps alone, in processor time. `result` is the share of happy residents, or of people ever infected.

usage: mesa_models.py schelling WIDTH STEPS SEED RADIUS SHARE COUNT [--as-example] | mesa_models.py epidemic PEOPLE STEPS SEED
"""

import json
import sys
import time

import mesa
from mesa.discrete_space import CellAgent, FixedAgent, Network, OrthogonalMooreGrid

DENSITY = 0.8
TRANSMISSION, RECOVERY, FIRST, NEIGHBOURS = 0.06, 0.2, 0.02, 8


class Resident(CellAgent):
    def __init__(self, model, cell, kind):
        super().__init__(model)
        self.cell = cell
        self.kind = kind
        self.happy = False

    def assess(self):
        like = near = 0
        kind = self.kind
        for cell in self.model.around[self.cell]:
            for other in cell._agents:
                near += 1
                if other.kind == kind:
                    like += 1
        share = like / near if near else 0
        self.happy = like >= self.model.count and share >= self.model.share

    def step(self):
        if not self.happy:
            self.cell = self.model.grid.select_random_empty_cell()


class Town(mesa.Model):
    def __init__(self, width, rng, radius, share, count):
        super().__init__(rng=rng)
        self.share, self.count = share, count
        self.grid = OrthogonalMooreGrid((width, width), torus=True, capacity=1, random=self.random)
        cells = list(self.grid.all_cells)
        self.around = {cell: list(cell.get_neighborhood(radius=radius)) for cell in cells}
        self.random.shuffle(cells)
        n = round(DENSITY * len(cells))
        for i, cell in enumerate(cells[:n]):
            Resident(self, cell, 2 if i < n // 2 else 1)
        self.agents.do("assess")

    def step(self):
        self.agents.shuffle_do("step")
        self.agents.do("assess")


def example(width, seed, radius, share):
    from mesa.examples.basic.schelling.model import Schelling, SchellingScenario

    return Schelling(SchellingScenario(width=width, height=width, density=DENSITY, homophily=share, radius=radius, rng=seed))


class Person(FixedAgent):
    def __init__(self, model, cell):
        super().__init__(model)
        self.cell = cell
        self.health = 0

    def infect(self, caught):
        for cell in self.model.around[self.cell]:
            for other in cell._agents:
                if other.health == 0 and self.random.random() < TRANSMISSION:
                    caught.add(other)


class Epidemic(mesa.Model):
    def __init__(self, n, seed):
        super().__init__(rng=seed)
        import networkx

        # from whom an illness is caught to who catches it
        graph = networkx.DiGraph()
        graph.add_nodes_from(range(n))
        for i in range(n):
            others = self.random.sample(range(n - 1), NEIGHBOURS)
            graph.add_edges_from((j + (j >= i), i) for j in others)
        self.grid = Network(graph, capacity=1, random=self.random, layout=None)
        self.around = {cell: list(cell.connections.values()) for cell in self.grid.all_cells}
        self.people = [Person(self, cell) for cell in self.grid.all_cells]
        self.infected = self.random.sample(self.people, round(FIRST * n))
        self.caught = len(self.infected)
        for person in self.infected:
            person.health = 1

    def step(self):
        caught = set()
        for person in self.infected:
            person.infect(caught)
        still = []
        for person in self.infected:
            if self.random.random() < RECOVERY:
                person.health = 2
            else:
                still.append(person)
        for person in caught:
            person.health = 1
        self.caught += len(caught)
        self.infected = still + list(caught)


def main():
    model, size, steps, seed, *rest = sys.argv[1:]
    size, steps, seed = int(size), int(steps), int(seed)
    if model == "schelling":
        radius, share, count = int(rest[0]), float(rest[1]), int(rest[2])
        as_example = "--as-example" in rest
        town = example(size, seed, radius, share) if as_example else Town(size, seed, radius, share, count)
    else:
        town = Epidemic(size, seed)
    agents = size if model == "epidemic" else len(town.agents)
    start = time.process_time()
    for _ in range(steps):
        town.step()
    seconds = time.process_time() - start
    if model == "epidemic":
        result = town.caught / size
    else:
        result = sum(agent.happy for agent in town.agents) / agents
    print(json.dumps({"version": mesa.__version__, "agents": agents, "seconds": seconds, "result": result}))


if __name__ == "__main__":
    main()
