#!/usr/bin/env python3
"""Asks z3 and cvc5 about every SMT-LIB 2 file of a folder, for a second opinion on the proofs.

    pip install z3-solver cvc5
    python solve.py FOLDER

What a file should give is said in it, by `(set-info :status ...)`; its logic says whether it is linear.
One summary line is printed, above it whatever is not as it should be. Exit status 0 only if

- every linear goal is `unsat` by both solvers,
- every nonlinear goal is `unsat` by at least one and `sat` by none; a goal that neither decides may
  be decided in its file `NAME.hinted.smt2`, which has the products of the certificate as well,
- every wrong variant is `sat` by at least one and `unsat` by none,
- there is a file of each of these three kinds (`--partial`: some file).

Nonlinear integer arithmetic is undecidable and one file can take any time: the solvers run in
processes of their own, which are stopped at the limit.
"""

import argparse
import collections
import multiprocessing
import multiprocessing.connection
import pathlib
import re
import sys
import time

SOLVERS = ("z3", "cvc5")
PROCESSES = multiprocessing.get_context("spawn")  # the same on every system
GRACE = 2.0  # seconds that a solver gets to notice its limit by itself


def ask_z3(text, seconds):
    import z3

    # Of its own, or what was asked before would change what is found in time.
    solver = z3.Solver(ctx=z3.Context())
    solver.set("timeout", int(seconds * 1000))
    solver.from_string(text)
    return str(solver.check())


def ask_cvc5(text, seconds):
    import cvc5

    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(int(seconds * 1000)))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "file")
    symbols = parser.getSymbolManager()
    told = ""
    while not (command := parser.nextCommand()).isNull():
        told += str(command.invoke(solver, symbols))
    return told.strip()


def work(pipe):
    """Answers `(solver, text, seconds)` until there is no more."""
    while (task := pipe.recv()) is not None:
        solver, text, seconds = task
        try:
            answer = (ask_z3 if solver == "z3" else ask_cvc5)(text, seconds)
        except Exception as problem:  # a text that a solver refuses is a finding, not a crash
            answer = f"error: {problem}"
        # cvc5 says why: `unknown (TIMEOUT)`. What is none of the three words is an error.
        pipe.send("unknown" if answer.startswith("unknown") else answer.replace("\n", " ")[:300])


class Worker:
    """A process that is replaced when it does not answer in time."""

    def __init__(self):
        self.start()

    def start(self):
        self.pipe, theirs = PROCESSES.Pipe()
        self.process = PROCESSES.Process(target=work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, task, text, seconds):
        self.task, self.since, self.until = task, time.monotonic(), time.monotonic() + seconds + GRACE
        self.pipe.send((task[1], text, seconds))

    def take(self):
        """The answer and the seconds it took, or nothing yet."""
        try:
            if self.pipe.poll():
                return self.pipe.recv(), time.monotonic() - self.since
            if time.monotonic() < self.until:
                return None
            answer = "unknown"
        except (EOFError, OSError):
            answer = "error: the solver ended"
        self.process.kill()
        self.process.join()
        self.start()
        return answer, time.monotonic() - self.since


class File:
    def __init__(self, path):
        self.name, self.text = path.name, path.read_text(encoding="utf-8")
        status = re.findall(r"^\(set-info :status (unsat|sat|unknown)\)$", self.text, re.M)
        logic = re.findall(r"^\(set-logic (QF_LIA|QF_NIA)\)$", self.text, re.M)
        if len(status) != 1 or len(logic) != 1 or self.text.count("(check-sat)") != 1:
            sys.exit(f"smt: {path}: one status, one logic QF_LIA or QF_NIA and one (check-sat) are needed")
        # `unknown` is a goal without certificate: whether it follows is what is asked.
        self.kind = "wrong" if status[0] == "sat" else "linear" if logic[0] == "QF_LIA" else "nonlinear"
        self.is_hinted = self.name.endswith(".hinted.smt2")
        # A solver is to answer, not to agree: cvc5 takes another answer than the status for an error.
        self.text = re.sub(r"^\(set-info :status .*\n", "", self.text, flags=re.M)
        self.goal = re.sub(r"\.(witness|native|hinted)\.smt2$", "", self.name)
        self.answers = {}

    def says(self, answer):
        return answer in self.answers.values()


def solve(files, options):
    """Puts every question, at most `--jobs` at a time; a hinted file only where a solver leaves a plain one open."""
    plain = [file for file in files if not file.is_hinted]
    hinted = {file.goal: file for file in files if file.is_hinted}
    queue = collections.deque((file, "z3") for file in plain)
    workers, busy, spent = [Worker() for _ in range(options.jobs)], [], 0.0

    def limit(file, solver):
        return options.limit if solver == "z3" or file.kind == "linear" else options.second

    def next_question(file):
        if len(file.answers) == len(SOLVERS):
            return False
        # The second opinion is a luxury where the first has decided; elsewhere it is needed.
        decided = file.kind != "linear" and file.answers["z3"] in ("sat", "unsat")
        return not (decided and spent > options.budget)

    def drain():
        nonlocal spent
        while queue or busy:
            while queue and workers:
                task, worker = queue.popleft(), workers.pop()
                worker.give(task, task[0].text, limit(*task))
                busy.append(worker)
            multiprocessing.connection.wait([worker.pipe for worker in busy], timeout=0.1)
            for worker in list(busy):
                if (told := worker.take()) is None:
                    continue
                (file, solver), (answer, seconds) = worker.task, told
                file.answers[solver] = answer
                if options.verbose:
                    print(f"{seconds:7.2f} {solver:4} {answer:7} {file.name}", flush=True)
                if solver == "cvc5" and answer == "unknown" and file.kind != "linear":
                    spent += seconds
                busy.remove(worker)
                workers.append(worker)
                if not file.is_hinted and next_question(file):
                    queue.appendleft((file, "cvc5"))

    drain()
    # A hinted file is for its goal, whatever the encoding that stayed open.
    for file in plain:
        if file.kind == "nonlinear":
            queue.extend((hinted[file.goal], s) for s in SOLVERS if file.answers.get(s) != "unsat" and file.goal in hinted)
    queue = collections.deque(dict.fromkeys(queue))
    drain()
    for worker in workers:
        worker.pipe.send(None)
    return plain


def judge(files, helped):
    """What is not as it should be."""
    for file in files:
        wrong = [f"{s} {a}" for s, a in file.answers.items() if a not in ("sat", "unsat", "unknown")]
        if file.kind == "wrong":
            wrong += [f"{s} unsat" for s, a in file.answers.items() if a == "unsat"]
            wrong += [] if file.says("sat") else ["not sat by any"]
        else:
            wrong += [f"{s} sat" for s, a in file.answers.items() if a == "sat"]
            if file.kind == "linear":
                wrong += [f"{s} undecided" for s in SOLVERS if file.answers.get(s, "unknown") == "unknown"]
            elif not file.is_hinted and not file.says("unsat") and file.goal not in helped:
                wrong += ["not unsat by any"]
        if wrong:
            yield f"smt: {file.name}: {', '.join(wrong)}"


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--limit", type=float, default=10, help="seconds for z3, and for both on linear files")
    options.add_argument("--second", type=float, default=3, help="seconds for cvc5 on other files")
    options.add_argument("--budget", type=float, default=60, help="seconds without answer after which cvc5 is spared")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--partial", action="store_true", help="not every kind of file need be there")
    options.add_argument("--verbose", action="store_true")
    options = options.parse_args()
    began = time.monotonic()
    files = [File(path) for path in sorted(options.folder.glob("*.smt2"))]
    plain = solve(files, options)
    of = {kind: [file for file in plain if file.kind == kind] for kind in ("linear", "nonlinear", "wrong")}

    def count(kind, answer, solver):
        return sum(file.answers.get(solver) == answer for file in of[kind])

    def both(kind, answer):
        return ", ".join(f"{solver} {count(kind, answer, solver)}" for solver in SOLVERS)

    def with_products(solver):
        helped = {file.goal for file in files if file.is_hinted and file.answers.get(solver) == "unsat"}
        return sum(file.answers.get(solver) == "unsat" or file.goal in helped for file in of["nonlinear"])

    sat = sum(file.says("sat") for file in files if file.kind == "nonlinear")
    helped = {file.goal for file in files if file.is_hinted and file.says("unsat")}
    problems = list(judge(files, helped))
    missing = [kind for kind, some in of.items() if not some]
    if missing and (not options.partial or not plain):
        problems.append(f"smt: {options.folder}: no files of kind {', '.join(missing)}")
    print("\n".join(problems), end="\n" if problems else "")
    print(
        f"smt: {len(plain)} files: {len(of['linear'])} linear: {both('linear', 'unsat')} unsat; "
        f"{len(of['nonlinear'])} nonlinear: {both('nonlinear', 'unsat')} unsat "
        f"({', '.join(f'{s} {with_products(s)}' for s in SOLVERS)} with the certificate's products), "
        f"{sat or 'none'} sat; {len(of['wrong'])} wrong variants: {both('wrong', 'sat')} sat; "
        f"{time.monotonic() - began:.0f} s"
    )
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
