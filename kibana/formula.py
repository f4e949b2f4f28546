"""A Lens formula: Kibana keeps it three times, as its text, as a syntax tree, and as the columns that are its operands.

A term is a number, an operand such as ("average", "missing") or ("overall_sum", ("last_value", "missing")), or an
operation on terms such as ("divide", 1, 2).
"""

SIGNS = {"add": "+", "multiply": "*", "divide": "/"}
FUNCTIONS = {"floor"}


def is_operation(term):
    return isinstance(term, tuple) and (term[0] in SIGNS or term[0] in FUNCTIONS)


def operands(term):
    """Each once, in the order of the text."""
    if is_operation(term):
        return list(dict.fromkeys(operand for each in term[1:] for operand in operands(each)))
    return [term] if isinstance(term, tuple) else []


def tree(term, columns):
    """columns: the name of each operand's."""
    if is_operation(term):
        name, *terms = term
        return {"type": "function", "name": name, "args": [tree(each, columns) for each in terms]}
    return columns[term] if isinstance(term, tuple) else term


def text(term):
    if not isinstance(term, tuple):
        return str(term)
    name, *terms = term
    if name not in SIGNS:
        return f"{name}({text(terms[0])})"
    left, right = terms
    return f"{_beside(name, left)} {SIGNS[name]} {_beside(name, right, is_right=True)}"


def _beside(name, term, is_right=False):
    binds_less = isinstance(term, tuple) and term[0] == "add" and name != "add"
    is_second = is_right and isinstance(term, tuple) and term[0] in ("multiply", "divide") and name == "divide"
    return f"({text(term)})" if binds_less or is_second else text(term)


def share(part, rest):
    """part / (part + rest), to the tenth of a percent below: 100 % is said of the whole and of nothing less."""
    return of_whole(part, ("add", part, rest))


def of_whole(part, whole):
    return ("divide", ("floor", ("divide", ("multiply", 1000, part), whole)), 1000)
