/// \file Limit IR -> LLVM IR -> machine code. The only headers of this library; no LLVM type is visible.
/// One function of the module becomes one function of type tp_function (runtime.h); inside it, each phase (a run of
/// sample-local instructions between expectations) becomes one kernel of type tp_kernel.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ir/limit/ir.h"
#include "tpc/runtime.h"

namespace tpc::codegen {

struct CodegenOptions {
  tp_precision precision = TP_F64;
  int optimization_level = 2;              ///< 0..3
  std::string cpu = "native";              ///< or an LLVM processor name, e.g. "x86-64-v3"
  std::string prefix;                      ///< of exported symbols; empty: the model's name
  std::map<uint32_t, std::string> titles;  ///< of observations by number, as the program writes them: "gram(z2)"
};

/// A failure the user can act on (unknown cpu, no linker); empty: none.
using Error = std::string;

enum class FileKind { object, archive, shared_library, assembly, llvm_text, bitcode };

/// By the ending of a file's name: .o .a .so .s .ll .bc; nothing for any other.
std::optional<FileKind> file_kind(const std::string& path);

struct FileContents {
  std::string bytes;
  Error error;
};

/// An LLVM module made from a Limit IR module: optimised, verified, not yet placed anywhere.
class CompiledModel {
 public:
  CompiledModel(const ir::limit::Module& module, const CodegenOptions& options);
  ~CompiledModel();
  CompiledModel(CompiledModel&&) noexcept;
  CompiledModel& operator=(CompiledModel&&) noexcept;

  [[nodiscard]] const Error& error() const;
  [[nodiscard]] std::string llvm_text() const;
  [[nodiscard]] std::string assembly_text() const;
  /// What a file of this kind holds. An archive has the member NAME.o; a shared library is linked with the system's C++
  /// compiler driver against the runtime in `runtime_library_directory`, if that is not empty.
  [[nodiscard]] FileContents contents(FileKind kind, const std::string& name,
                                      const std::string& runtime_library_directory) const;

  struct Implementation;
  [[nodiscard]] Implementation& implementation() const { return *implementation_; }

 private:
  std::unique_ptr<Implementation> implementation_;
};

/// Machine code in this process; the descriptor lives as long as the object.
class JitModel {
 public:
  explicit JitModel(CompiledModel model);  ///< consumes the module
  ~JitModel();
  JitModel(JitModel&&) noexcept;
  JitModel& operator=(JitModel&&) noexcept;

  [[nodiscard]] const Error& error() const;
  [[nodiscard]] const tp_model_descriptor* descriptor() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// Gives back what this process holds for the sake of compiling: freed memory, and the 50 MB of LLVM's code that have
/// been read from its file, where they stay for the next time. A wish: nothing depends on it.
void release_compiler_memory();

/// The number of a role in descriptors (tp_function_role).
tp_function_role runtime_role(ir::FunctionRole role);

/// What exported symbols begin with: the prefix of the options, or the model's name, as a C identifier.
std::string symbol_prefix(const ir::limit::Module& module, const CodegenOptions& options);

/// The C header of a compiled model: every function documented with shapes and units (cli.md "Embedding").
std::string c_header(const ir::limit::Module& module, const CodegenOptions& options);

}  // namespace tpc::codegen
