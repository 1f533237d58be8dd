import pytest
from affinity_shop import PARAMS, shop

from rcommerce_helpers.affinity.compare import compare
from rcommerce_helpers.affinity.model import learn


@pytest.fixture(scope="session")
def simulated():
    return shop()


@pytest.fixture(scope="session")
def learnt(simulated):
    return learn(simulated, PARAMS)


@pytest.fixture(scope="session")
def contest(learnt):
    return compare(learnt, PARAMS)
