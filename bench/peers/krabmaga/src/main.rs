//! Schelling's town and an epidemic in krABMaga, in the shape of its own examples: residents in a grid that one agent updates, people as
//! scheduled agents on a network. Rules are those of economies/schelling.ts and economies/epidemic.ts. Prints one line of JSON.
//!
//! usage: walras-peer-krabmaga schelling WIDTH STEPS SEED RADIUS SHARE COUNT | epidemic PEOPLE STEPS SEED
//!
//! Timed: the steps, in processor time where the system tells it; not what is built before. Empty cells are kept in a list, as a careful user would: krABMaga's own
//! `get_random_empty_bag` collects all of them at every call.

use krabmaga::engine::agent::Agent;
use krabmaga::engine::fields::dense_number_grid_2d::DenseNumberGrid2D;
use krabmaga::engine::fields::field::Field;
use krabmaga::engine::fields::network::{EdgeOptions, Network};
use krabmaga::engine::location::Int2D;
use krabmaga::engine::schedule::Schedule;
use krabmaga::engine::state::State;
use krabmaga::rand::rngs::SmallRng;
use krabmaga::rand::{Rng, SeedableRng};
use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Instant;

const DENSITY: f64 = 0.8;

struct Town {
    field: DenseNumberGrid2D<u8>,
    width: i32,
    radius: i32,
    share: f64,
    count: i32,
    happy: usize,
    residents: Vec<(Int2D, u8)>,
    empty: Vec<Int2D>,
    rng: SmallRng,
}

impl Town {
    fn new(width: i32, seed: u64, radius: i32, share: f64, count: i32) -> Town {
        let mut rng = SmallRng::seed_from_u64(seed);
        let mut cells: Vec<Int2D> = (0..width * width).map(|c| Int2D { x: c / width, y: c % width }).collect();
        shuffle(&mut cells, &mut rng);
        let n = (DENSITY * cells.len() as f64).round() as usize;
        let empty = cells.split_off(n);
        let residents = cells.into_iter().enumerate().map(|(i, c)| (c, if i < n / 2 { 2 } else { 1 })).collect();
        Town { field: DenseNumberGrid2D::new(width, width), width, radius, share, count, happy: 0, residents, empty, rng }
    }

    fn write(&self) {
        for (at, kind) in &self.residents {
            self.field.set_value_location(*kind, at);
        }
    }

    fn is_happy(&self, at: Int2D, own: u8) -> bool {
        let (mut near, mut like) = (0, 0);
        for dx in -self.radius..=self.radius {
            for dy in -self.radius..=self.radius {
                if dx == 0 && dy == 0 {
                    continue;
                }
                let cell = Int2D { x: (at.x + dx).rem_euclid(self.width), y: (at.y + dy).rem_euclid(self.width) };
                if let Some(other) = self.field.get_value(&cell) {
                    near += 1;
                    like += (other == own) as i32;
                }
            }
        }
        like >= self.count && (if near > 0 { like as f64 / near as f64 } else { 0.0 }) >= self.share
    }
}

fn shuffle<T>(items: &mut [T], rng: &mut SmallRng) {
    for i in (1..items.len()).rev() {
        items.swap(i, rng.random_range(0..=i));
    }
}

#[derive(Clone)]
struct Updater;

impl Agent for Updater {
    fn step(&mut self, state: &mut dyn State) {
        let town = state.as_any_mut().downcast_mut::<Town>().unwrap();
        let mut movers: Vec<usize> =
            (0..town.residents.len()).filter(|i| !town.is_happy(town.residents[*i].0, town.residents[*i].1)).collect();
        town.happy = town.residents.len() - movers.len();
        shuffle(&mut movers, &mut town.rng);
        for i in movers {
            let e = town.rng.random_range(0..town.empty.len());
            std::mem::swap(&mut town.residents[i].0, &mut town.empty[e]);
        }
        town.write();
    }
}

impl State for Town {
    fn init(&mut self, schedule: &mut Schedule) {
        self.write();
        schedule.schedule_repeating(Box::new(Updater), 0., 0);
    }
    fn update(&mut self, _step: u64) {
        self.field.lazy_update();
    }
    fn reset(&mut self) {}
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
    fn as_state(&self) -> &dyn State {
        self
    }
    fn as_state_mut(&mut self) -> &mut dyn State {
        self
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Health {
    Susceptible,
    Infected,
    Recovered,
}

#[derive(Clone, Copy)]
struct Person {
    id: u32,
    health: Health,
}

impl Hash for Person {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}
impl PartialEq for Person {
    fn eq(&self, other: &Person) -> bool {
        self.id == other.id
    }
}
impl Eq for Person {}
impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.id)
    }
}

impl Agent for Person {
    fn step(&mut self, state: &mut dyn State) {
        let town = state.as_any_mut().downcast_mut::<Epidemic>().unwrap();
        match self.health {
            Health::Infected => {
                if town.rng.random_bool(RECOVERY) {
                    self.health = Health::Recovered;
                }
            }
            Health::Susceptible => {
                for edge in town.network.get_edges(*self).unwrap_or_default() {
                    let other = town.network.get_object(edge.v).unwrap();
                    if other.health == Health::Infected && town.rng.random_bool(TRANSMISSION) {
                        self.health = Health::Infected;
                        town.caught += 1;
                        break;
                    }
                }
            }
            Health::Recovered => return,
        }
        town.network.update_node(*self);
    }
}

const TRANSMISSION: f64 = 0.06;
const RECOVERY: f64 = 0.2;
const FIRST: f64 = 0.02;
const NEIGHBOURS: usize = 8;

struct Epidemic {
    network: Network<Person, String>,
    people: u32,
    caught: usize,
    rng: SmallRng,
}

impl State for Epidemic {
    fn init(&mut self, schedule: &mut Schedule) {
        let first = (FIRST * self.people as f64).round() as u32;
        self.caught = first as usize;
        let people: Vec<Person> = (0..self.people)
            .map(|id| Person { id, health: if id < first { Health::Infected } else { Health::Susceptible } })
            .collect();
        for person in &people {
            self.network.add_node(*person);
            schedule.schedule_repeating(Box::new(*person), 0., person.id as i32);
        }
        self.network.update();
        for person in &people {
            let mut chosen: Vec<u32> = Vec::new();
            while chosen.len() < NEIGHBOURS {
                let other = self.rng.random_range(0..self.people);
                if other != person.id && !chosen.contains(&other) {
                    chosen.push(other);
                    self.network.add_edge(*person, people[other as usize], EdgeOptions::Simple);
                }
            }
        }
    }
    fn update(&mut self, _step: u64) {
        self.network.lazy_update();
    }
    fn reset(&mut self) {}
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
    fn as_state(&self) -> &dyn State {
        self
    }
    fn as_state_mut(&mut self) -> &mut dyn State {
        self
    }
}

fn timed(state: &mut dyn State, steps: usize) -> f64 {
    let mut schedule = Schedule::new();
    state.init(&mut schedule);
    let (start, clock) = (processor_seconds(), Instant::now());
    for _ in 0..steps {
        schedule.step(state);
    }
    match (start, processor_seconds()) {
        (Some(from), Some(to)) => to - from,
        _ => clock.elapsed().as_secs_f64(),
    }
}

/// Processor time of this process, where Linux tells it.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    Some(stat.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let number = |i: usize| args[i].parse::<f64>().expect("a number");
    let (size, steps, seed) = (number(2) as u32, number(3) as usize, number(4) as u64);
    if args[1] == "schelling" {
        let mut town = Town::new(size as i32, seed, number(5) as i32, number(6), number(7) as i32);
        let agents = town.residents.len();
        let seconds = timed(&mut town, steps);
        let happy = town.happy as f64 / agents as f64;
        println!("{{\"version\": \"0.6.2\", \"agents\": {agents}, \"seconds\": {seconds}, \"result\": {happy}}}");
    } else {
        let rng = SmallRng::seed_from_u64(seed);
        let mut epidemic = Epidemic { network: Network::new(true), people: size, caught: 0, rng };
        let seconds = timed(&mut epidemic, steps);
        let caught = epidemic.caught as f64 / size as f64;
        println!("{{\"version\": \"0.6.2\", \"agents\": {size}, \"seconds\": {seconds}, \"result\": {caught}}}");
    }
}
