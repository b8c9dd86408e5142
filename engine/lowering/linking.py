"""Compile inner functions without finishing them: linked and optimised once, in their kernel.

Numba finishes every function it compiles: it links in what the function calls, optimises the
whole and emits machine code, at every level of a call tree. Inner functions are only ever inlined
into kernels, so here they stop after the function's own passes, and a kernel links the whole tree
once. The result is the same code; the compile time is about half.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from types import FunctionType
from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_lock import require_global_compiler_lock
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.typed_passes import (
    AnnotateTypes,
    DumpParforDiagnostics,
    InlineOverloads,
    NopythonRewrites,
    NoPythonSupportedFeatureValidation,
    NopythonTypeInference,
)
from numba.core.untyped_passes import (
    DeadBranchPrune,
    FindLiterallyCalls,
    InlineInlinables,
    LiteralPropagationSubPipelinePass,
    LiteralUnroll,
    MakeFunctionToJitFunction,
    RewriteDynamicRaises,
    WithLifting,
)

from plaza_lab.engine.lowering import thrift

NEEDLESS = (
    AnnotateTypes,
    DumpParforDiagnostics,
    InlineOverloads,
    NopythonRewrites,
    NoPythonSupportedFeatureValidation,
    DeadBranchPrune,
    FindLiterallyCalls,
    InlineInlinables,
    LiteralPropagationSubPipelinePass,
    LiteralUnroll,
    MakeFunctionToJitFunction,
    RewriteDynamicRaises,
    WithLifting,
)
"""Passes for what compiled code here has not: closures, ``with``, ``raise``, array expressions."""


keys: weakref.WeakKeyDictionary[FunctionType, str] = weakref.WeakKeyDictionary()
"""Kernels that are about to be compiled, and the numbers of what they are made of."""

on_inner: list[Callable[[FunctionType], None]] = []
"""Who wants to know of every inner function that is compiled."""


class _WithoutEnvironment:
    """Numba's code generator, less the environment that unfinished code has no place for."""

    def __init__(self, codegen: Any) -> None:
        self._codegen = codegen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codegen, name)

    def set_env(self, name: str, environment: Any) -> None:
        """Do nothing: environments serve objects and exceptions, which inner code has not."""


class InnerLibrary(JITCodeLibrary):
    """Code of an inner function: kept as it is, for kernels to link."""

    @property
    def codegen(self) -> Any:
        """The code generator this library belongs to."""
        return _WithoutEnvironment(self._codegen)

    def finalize(self) -> None:
        """Stop here: no linking, no module passes, no machine code."""
        require_global_compiler_lock()
        self._raise_if_finalized()
        self._finalized = True

    def inner_libraries(self) -> list[Any]:
        """Libraries of the inner functions called from here."""
        return list(self._linking_libraries)


class KernelLibrary(JITCodeLibrary):
    """Code of a kernel: links the whole tree of inner functions once."""

    def finalize(self) -> None:
        """Link every inner function reached, then optimise and emit as usual."""
        self._own = {f.name for f in self._final_module.functions if not f.is_declaration}
        self._linking_libraries = _callers_first(self._linking_libraries)
        super().finalize()

    def _optimize_final_module(self) -> None:
        """Optimise; what was linked in is nobody else's, so it may be inlined and dropped."""
        for function in self._final_module.functions:
            if not function.is_declaration and function.name not in self._own:
                function.linkage = "internal"
        super()._optimize_final_module()

    def _verify_declare_only_symbols(self) -> None:
        """Refuse code that calls a function it does not hold: it would crash the process later."""
        for function in self._final_module.functions:
            if function.is_declaration and function.name.startswith("_ZN"):
                raise RuntimeError(
                    f"kernel {self.name}: {function.name} is called but was not linked; "
                    "see KernelLibrary.finalize"
                )


def _callers_first(libraries: list[Any]) -> list[Any]:
    """Libraries and all they call, each after all of its callers.

    The order matters: LLVM drops a function that nothing linked so far calls. It can be known to
    a caller that no longer calls it (a branch ruled out by a literal argument), and be called by
    another one that comes later.
    """
    done: dict[int, Any] = {}

    def visit(library: Any) -> None:
        if id(library) in done:
            return
        if isinstance(library, InnerLibrary):
            for called in library.inner_libraries():
                visit(called)
        done[id(library)] = library  # after all it calls

    for library in libraries:
        visit(library)
    return list(done.values())[::-1]


def _pass_for(library_class: type, name: str) -> type:
    @register_pass(mutates_CFG=False, analysis_only=True)
    class ChooseLibrary(FunctionPass):
        _name = name

        def __init__(self) -> None:
            FunctionPass.__init__(self)

        def run_pass(self, state: Any) -> bool:
            codegen = state.targetctx.codegen()
            library = library_class(codegen, state.func_id.func_qualname)
            library.enable_object_caching()
            state.library = library
            if key := keys.get(state.func_id.func):
                # symbols of two makeups of one kernel, one of them from the cache, stay apart
                state.func_id.unique_id = key
                state.func_id.unique_name = f"{state.func_id.func_qualname}${key}"
            return False

    return ChooseLibrary


class _ThriftyCompiler(CompilerBase):
    """Numba's pipeline, with its own time saved, and the library chosen here."""

    choose: type

    def compile_extra(self, func: Any) -> Any:
        """Compile a function; numba itself is as it was when this returns."""
        with thrift.in_force():
            return super().compile_extra(func)

    def define_pipelines(self) -> list[Any]:
        """Numba's own passes, less the needless ones."""
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.passes = [item for item in pipeline.passes if item[0] not in NEEDLESS]
        pipeline.add_pass_after(self.choose, NopythonTypeInference)
        pipeline.finalize()
        return [pipeline]


class InnerCompiler(_ThriftyCompiler):
    """Compiler of inner functions."""

    choose = _pass_for(InnerLibrary, "plaza_inner_library")

    def compile_extra(self, func: Any) -> Any:
        """Compile a function, and tell who wants to know."""
        for tell in on_inner:
            tell(func)
        return super().compile_extra(func)


class KernelCompiler(_ThriftyCompiler):
    """Compiler of kernels."""

    choose = _pass_for(KernelLibrary, "plaza_kernel_library")
