"""Parts of the forecast benchmark: the file of series, the made targets, the work on one series, the tables."""

import os

# One thread a process: the processes are the parallelism, and both sides of the race have the same.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
