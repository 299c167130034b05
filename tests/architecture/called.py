"""Read in the sources of tests which helpers they call, and for which values names stand."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from attrs import field, frozen
from tests.architecture.sources import ROOT, SOURCES

# A value of one of these kinds says its words itself; the words of a call are its inputs.
LITERALS: Final = (
    ast.Attribute,
    ast.Constant,
    ast.Dict,
    ast.IfExp,
    ast.JoinedStr,
    ast.List,
    ast.Name,
    ast.Set,
    ast.Subscript,
    ast.Tuple,
)
Function = tuple["Module", ast.FunctionDef]


@frozen(eq=False)
class Module:
    """A parsed module with its functions, classes and constants, and the names that it imports."""

    tree: ast.Module
    functions: dict[str, ast.FunctionDef] = field(factory=dict[str, ast.FunctionDef])
    classes: dict[str, ast.ClassDef] = field(factory=dict[str, ast.ClassDef])
    constants: dict[str, ast.expr] = field(factory=dict[str, ast.expr])
    imports: dict[str, tuple[str, str]] = field(factory=dict[str, tuple[str, str]])

    @classmethod
    def of(cls, source: str) -> "Module":
        """Parse a source."""
        module = cls(ast.parse(source))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef):
                module.functions[node.name] = node
            elif isinstance(node, ast.ClassDef):
                module.classes[node.name] = node
            elif isinstance(node, ast.ImportFrom) and node.module is not None:
                for alias in node.names:
                    module.imports[alias.asname or alias.name] = (node.module, alias.name)
        for statement in module.tree.body:
            module.constants.update(assignments_of(statement))
        return module


@frozen(eq=False)
class Scope:
    """A function in its module, with the expressions for which its names stand."""

    module: Module
    function: ast.FunctionDef
    values: dict[str, list["Value"]] = field(factory=dict[str, list["Value"]])

    @classmethod
    def of(cls, module: Module, function: ast.FunctionDef) -> "Scope":
        """Return the scope of a function with its literals and the columns of `parametrize`."""
        scope = cls(module, function)
        for decorator in function.decorator_list:
            name = ast.unparse(decorator).partition("(")[0]
            if isinstance(decorator, ast.Call) and name.endswith(".parametrize"):
                names, rows = decorator.args[:2]
                scope.bind(parameter_names(names), rows, module)
        for node in ast.walk(function):
            if isinstance(node, ast.For):
                scope.bind(target_names(node.target), node.iter, scope)
            elif isinstance(node, ast.stmt):
                for name, expression in assignments_of(node):
                    if isinstance(expression, LITERALS):
                        scope.add(name, expression, scope)
        return scope

    def add(self, name: str, expression: ast.expr, scope: "Scope | Module") -> None:
        """Add an expression for which a name stands."""
        self.values.setdefault(name, []).append(Value(expression, scope))

    def bind(self, names: list[str], rows: ast.expr, scope: "Scope | Module") -> None:
        """Bind names to the columns of rows."""
        elements = rows.elts if isinstance(rows, ast.List | ast.Tuple) else [rows]
        for position, name in enumerate(names):
            for element in elements:
                chosen = element_of(element, position) if len(names) > 1 else element
                self.add(name, chosen, scope)


@frozen(eq=False)
class Value:
    """An expression, and the scope in which its names are resolved."""

    expression: ast.expr
    scope: Scope | Module


@cache
def module_of(path: str) -> Module:
    """Parse a module of the repository."""
    return Module.of((ROOT / path).read_text(encoding="utf-8"))


def values_of(name: str, scope: Scope | Module) -> list[Value]:
    """Return the values for which a name stands in a scope."""
    if isinstance(scope, Module):
        return constant_values(name, scope)
    if name in scope.values:
        return scope.values[name]
    return constant_values(name, scope.module)


def constant_values(name: str, module: Module) -> list[Value]:
    """Return the value of a constant of a module, or of one that it imports from tests."""
    if name in module.constants:
        return [Value(module.constants[name], module)]
    source = imported(module, name)
    return [] if source is None else constant_values(module.imports[name][1], source)


def imported(module: Module, name: str) -> Module | None:
    """Return the module from which a name is imported, None outside tests and their suites."""
    if name not in module.imports:
        return None
    first, *rest = module.imports[name][0].split(".")
    folder = ROOT / "tests" if first == "tests" else SOURCES.get(first)
    if folder is None:
        return None
    path = folder.joinpath(*rest)
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file() and is_of_tests(file):
            return module_of(str(file.relative_to(ROOT)))
    return None


def is_of_tests(file: Path) -> bool:
    """Return True for a file of tests, or of the suites that core ships."""
    suites = SOURCES["indelible"] / "testing"
    return file.is_relative_to(ROOT / "tests") or file.is_relative_to(suites)


def helpers_of(scope: Scope) -> Iterator[Scope]:
    """Yield the helpers that a function calls; their parameters stand for the arguments."""
    for node in ast.walk(scope.function):
        if not isinstance(node, ast.Call):
            continue
        target = target_of(node.func, scope)
        if target is None or target[1] is scope.function:
            continue
        helper = Scope.of(*target)
        for name, argument in arguments_of(node, helper.function):
            helper.add(name, argument, scope)
        yield helper


def target_of(func: ast.expr, scope: Scope) -> Function | None:
    """Return the function of tests that an expression names: a helper, or a method of one."""
    if isinstance(func, ast.Name):
        return function_named(scope.module, func.id)
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        class_name = class_of(func.value.id, scope)
        if class_name is not None:
            return method_of(scope.module, class_name, func.attr)
    return None


def function_named(module: Module, name: str) -> Function | None:
    """Return a function of a module, or one that it imports from tests."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return module, node
    source = imported(module, name)
    return None if source is None else function_named(source, module.imports[name][1])


def class_of(name: str, scope: Scope) -> str | None:
    """Return the class of a parameter or of a local name, as its annotation or its call says."""
    arguments = scope.function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.arg == name and isinstance(argument.annotation, ast.Name):
            return argument.annotation.id
    for node in ast.walk(scope.function):
        for target, value in assignments_of(node):
            is_call = isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
            if target == name and is_call:
                return ast.unparse(value).partition("(")[0]
    return None


def method_of(module: Module, class_name: str, method: str) -> Function | None:
    """Return a method of a class of the module, or of one that it imports from tests."""
    if class_name not in module.classes:
        source = imported(module, class_name)
        if source is None:
            return None
        return method_of(source, module.imports[class_name][1], method)
    for node in module.classes[class_name].body:
        if isinstance(node, ast.FunctionDef) and node.name == method:
            return module, node
    return None


def arguments_of(call: ast.Call, function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names of a function's parameters with the arguments of a call."""
    parameters = [argument.arg for argument in function.args.args]
    if parameters[:1] == ["self"]:
        del parameters[0]
    yield from zip(parameters, call.args, strict=False)
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword.value


def assignments_of(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names and values of an assignment, nothing for another node."""
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        yield ast.unparse(node.target), node.value
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        names = target_names(target)
        for position, name in enumerate(names):
            yield name, element_of(node.value, position) if len(names) > 1 else node.value


def target_names(target: ast.expr) -> list[str]:
    """Return the names of the target of an assignment or of a loop."""
    elements = target.elts if isinstance(target, ast.Tuple) else [target]
    return [ast.unparse(element) for element in elements]


def parameter_names(names: ast.expr) -> list[str]:
    """Return the names that a `parametrize` binds."""
    elements = names.elts if isinstance(names, ast.Tuple | ast.List) else [names]
    return [str(element.value) for element in elements if isinstance(element, ast.Constant)]


def element_of(expression: ast.expr, position: int) -> ast.expr:
    """Return an element of a tuple, or the expression from which it is unpacked."""
    if isinstance(expression, ast.Tuple | ast.List) and position < len(expression.elts):
        return expression.elts[position]
    return expression
