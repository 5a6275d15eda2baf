"""Networks in igraph, and a tenth of one in networkx: making, reading and measuring them, in processor seconds.

BINARY has the ends of ties, one after the other, as 32-bit integers; CSV the same with a header "source,target". Ties are
numbered 0 to ROWS - 1. networkx gets the first tenth of the rows with the ties among them, and its times are scaled to all ties.

usage: igraph_networks.py BINARY CSV ROWS DEGREE
"""

import json
import math
import sys
import time

import igraph
import networkx
import numpy

binary, csv, rows, degree = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
seconds, figures = {}, {}


def timed(name, work, scale=1.0):
    start = time.process_time()
    value = work()
    seconds[name] = (time.process_time() - start) * scale
    return value


def make(name, work):
    graph = timed("make " + name, work)
    seconds["make " + name] *= rows * degree / 2 / max(1, graph.ecount())


make("ring", lambda: igraph.Graph.Lattice([rows], nei=degree // 2, circular=True))
make("smallWorld", lambda: igraph.Graph.Watts_Strogatz(1, rows, degree // 2, 0.1))
make("random", lambda: igraph.Graph.Erdos_Renyi(n=rows, m=rows * degree // 2))
within, between = 5 * degree / rows, 5 * degree / (9 * rows)
matrix = [[within if a == b else between for b in range(10)] for a in range(10)]
make("blocks", lambda: igraph.Graph.SBM(matrix, [rows // 10] * 10))
make("spatial", lambda: igraph.Graph.GRG(rows, math.sqrt(degree / (math.pi * rows))))
make("scaleFree", lambda: igraph.Graph.Barabasi(rows, degree // 2))


def read():
    ends = numpy.loadtxt(csv, delimiter=",", skiprows=1, dtype=numpy.int32)
    return igraph.Graph(n=rows, edges=ends)


timed("read", read)
ends = numpy.fromfile(binary, dtype=numpy.int32).reshape(-1, 2)
graph = igraph.Graph(n=rows, edges=ends)


def clustering():
    local = graph.transitivity_local_undirected(mode="zero")
    return local, graph.transitivity_undirected()


local, _ = timed("clustering", clustering)
degrees = graph.degree()
figures["triangles"] = sum(c * k * (k - 1) / 2 for c, k in zip(local, degrees)) / 3
figures["components"] = len(timed("components", graph.connected_components))
figures["assortativity"] = timed("assortativity", lambda: graph.assortativity_degree(directed=False))
figures["pageRank"] = timed("pageRank", graph.pagerank)[0]
del graph

part = ends[(ends < rows // 10).all(axis=1)]
scale = len(ends) / len(part)
small = timed("networkx build", lambda: networkx.Graph(map(tuple, part.tolist())), scale)
timed("networkx clustering", lambda: networkx.average_clustering(small), scale)
timed("networkx components", lambda: list(networkx.connected_components(small)), scale)
timed("networkx assortativity", lambda: networkx.degree_assortativity_coefficient(small), scale)
timed("networkx pageRank", lambda: networkx.pagerank(small, tol=1e-8 / small.number_of_nodes(), max_iter=1000), scale)
versions = {"igraph": igraph.__version__, "networkx": networkx.__version__}
print(json.dumps({**versions, "seconds": seconds, "figures": figures}))
