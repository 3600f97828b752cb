"""CPython's pools through run_in_executor, as a contestant: the same workloads as in src/executors.

Usage: executors.py threads|processes WORKERS WORKLOAD, where WORKLOAD is JSON. Prints the figure as JSON.
"""

import asyncio
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from statistics import median

BYTES = bytes(1 << 20)


def increment(n):
    return n + 1


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def busy(milliseconds):
    end = time.perf_counter() + milliseconds / 1000
    while time.perf_counter() < end:
        pass
    return milliseconds


async def flood(run, lanes, seconds):
    began = time.perf_counter()
    count = 0

    async def lane():
        nonlocal count
        while time.perf_counter() - began < seconds:
            await run()
            count += 1

    await asyncio.gather(*[lane() for _ in range(lanes)])
    return count / (time.perf_counter() - began)


async def timed(awaitable):
    began = time.perf_counter()
    await awaitable
    return (time.perf_counter() - began) * 1000


async def mix(run, tiny, same):
    job = (busy, 0) if same else (increment, 0)
    half = [timed(run(*job)) for _ in range(tiny // 2)]
    rest = [timed(run(*job)) for _ in range(tiny // 2)]
    *durations, _ = await asyncio.gather(*half, *rest, run(busy, 200))
    return sorted(durations)[int(tiny * 0.99) - 1]


async def measure(make, workload):
    loop = asyncio.get_running_loop()
    kind = workload["kind"]
    if kind == "start":
        figures = []
        for _ in range(5):
            began = time.perf_counter()
            with make() as pool:
                await asyncio.gather(*[loop.run_in_executor(pool, increment, n) for n in (1, 2)])
                figures.append((time.perf_counter() - began) * 1000)
        return median(figures)

    with make() as pool:

        def run(*job):
            return loop.run_in_executor(pool, *job)

        await flood(lambda: run(increment, 1), 64, 0.2)
        if kind == "rate":
            return await flood(lambda: run(increment, 1), workload["lanes"], 0.5)
        if kind == "bytes":
            return await flood(lambda: run(len, BYTES), workload["lanes"], 0.5)
        if kind == "burst":
            jobs = workload["jobs"]
            return jobs / await timed(asyncio.gather(*[run(increment, n) for n in range(jobs)])) * 1000
        if kind == "fibonacci":
            return await timed(asyncio.gather(*[run(fibonacci, workload["of"]) for _ in range(workload["jobs"])]))
        if kind == "mix":
            return median([await mix(run, workload["tiny"], workload["isSame"]) for _ in range(3)])
    raise ValueError(kind)


if __name__ == "__main__":
    pools = {"threads": ThreadPoolExecutor, "processes": ProcessPoolExecutor}
    pool_class, workers = pools[sys.argv[1]], int(sys.argv[2])
    print(json.dumps(asyncio.run(measure(lambda: pool_class(workers), json.loads(sys.argv[3])))))
