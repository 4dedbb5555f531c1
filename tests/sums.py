"""Sums that a page prints in code marks, as in `12 * 16 = 192`, computed again."""
from __future__ import annotations

import ast
import operator
import re

SUM = re.compile(r"`([^`=]+) = (-?[\d.]+)`")
ANY_EQUALITY = re.compile(r"`[^`\n]*[^<>] = [^`\n]*`")
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
             ast.Pow: operator.pow}


def evaluated(node: ast.AST) -> float:
    """The value of an arithmetic expression: numbers, + - * / **, min and max. TypeError for anything else."""
    if isinstance(node, ast.Expression):
        return evaluated(node.body)
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](evaluated(node.left), evaluated(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -evaluated(node.operand)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
        return {"min": min, "max": max}[node.func.id](evaluated(argument) for argument in node.args)
    raise TypeError(ast.dump(node))


def faults(page: str) -> list[str]:
    """Each sum that does not come out as printed, and each equality in code marks that is no sum."""
    found = [f"{each} is no sum" for each in ANY_EQUALITY.findall(page) if not SUM.fullmatch(each)]
    for expression, printed in SUM.findall(page):
        value = evaluated(ast.parse(expression, mode="eval"))
        if abs(value - float(printed)) > 0.5 * 10 ** -len(printed.partition(".")[2]) + 1e-9:
            found.append(f"{expression} is {value}, not {printed}")
    return found
