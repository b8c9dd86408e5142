"""Compile inner functions without finishing them: linked and optimised once, in their kernel.

Numba finishes every function it compiles: it links in what the function calls, optimises the
whole and emits machine code, at every level of a call tree. Inner functions are only ever inlined
into kernels, so here they stop after the function's own passes, and a kernel links the whole tree
once. The result is the same code; the compile time is about half.
"""

from __future__ import annotations

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
        self._linking_libraries = _callers_first(self._linking_libraries)
        super().finalize()

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
            return False

    return ChooseLibrary


_InnerPass = _pass_for(InnerLibrary, "plaza_inner_library")
_KernelPass = _pass_for(KernelLibrary, "plaza_kernel_library")


class InnerCompiler(CompilerBase):
    """Numba's pipeline for inner functions."""

    def define_pipelines(self) -> list[Any]:
        """Numba's own passes, with the library chosen here."""
        return [_with(self, _InnerPass)]


class KernelCompiler(CompilerBase):
    """Numba's pipeline for kernels."""

    def define_pipelines(self) -> list[Any]:
        """Numba's own passes, with the library chosen here."""
        return [_with(self, _KernelPass)]


def _with(compiler: Any, choose: type) -> Any:
    pipeline = DefaultPassBuilder.define_nopython_pipeline(compiler.state)
    pipeline.passes = [item for item in pipeline.passes if item[0] not in NEEDLESS]
    pipeline.add_pass_after(choose, NopythonTypeInference)
    pipeline.finalize()
    return pipeline
