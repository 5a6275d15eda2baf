"""Rényi differential privacy of sampled Gaussian noise by Google's accountant, for src/federated/privacy.test.ts.

usage: pip install dp-accounting==0.6.0 && python privacy_cases.py > ../../test/fixtures/peers/privacy.json
"""

import json
from importlib.metadata import version

from dp_accounting import dp_event
from dp_accounting.rdp import rdp_privacy_accountant

ORDERS = [2, 3, 8, 17, 64, 256]
# whole orders as ours, and fractional ones that only a series has
CASES = [(1.0, 1.0), (1.0, 7.5), (0.5, 0.7), (0.5, 3.0), (0.1, 1.1), (256 / 60000, 1.3), (0.001, 0.5), (0.02, 20.0)]


def event(sampling, noise):
    gaussian = dp_event.GaussianDpEvent(noise)
    return gaussian if sampling == 1 else dp_event.PoissonSampledDpEvent(sampling, gaussian)


divergences, spent = [], []
for sampling, noise in CASES:
    accountant = rdp_privacy_accountant.RdpAccountant(ORDERS)
    accountant.compose(event(sampling, noise))
    divergences += [[order, noise, sampling, float(rdp)] for order, rdp in zip(ORDERS, accountant._rdp)]
    if sampling == 1:
        continue
    for rounds, delta in ((1, 1e-3), (40, 1e-3), (3515, 1e-5)):
        whole = [*range(2, 129), 160, 192, 256, 384, 512, 768, 1024]
        row = [noise, sampling, rounds, delta]
        for orders in (whole, [1 + x / 10 for x in range(1, 100)] + list(range(11, 129)) + whole[127:]):
            accountant = rdp_privacy_accountant.RdpAccountant(orders)
            accountant.compose(event(sampling, noise), rounds)
            row.append(float(accountant.get_epsilon(delta)))
        spent.append(row)
print(json.dumps({"versions": {"dp-accounting": version("dp-accounting")}, "divergences": divergences, "spent": spent}))
