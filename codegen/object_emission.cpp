// .o .s .ll .bc .a .so from a compiled model.
#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Object/ArchiveWriter.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/Program.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include "base/diag/check.h"
#include "codegen/compiled_model.h"

namespace tpc::codegen {

namespace {

Error write_file(const std::string& path, llvm::StringRef contents) {
  std::error_code failure;
  llvm::raw_fd_ostream file(path, failure, llvm::sys::fs::OF_None);
  if (!failure) {
    file << contents;
    file.close();
    failure = file.error();
    file.clear_error();
  }
  return failure ? "cannot write " + path + ": " + failure.message() : "";
}

Error write_archive(const std::string& path, const std::string& object) {
  std::vector<llvm::NewArchiveMember> members;
  const std::string member = llvm::sys::path::stem(path).str() + ".o";
  members.emplace_back(llvm::MemoryBufferRef(object, member));
  llvm::Error failure = llvm::writeArchive(path, members, llvm::SymtabWritingMode::NormalSymtab,
                                           llvm::object::Archive::K_GNU, true, false);
  return failure ? "cannot write " + path + ": " + llvm::toString(std::move(failure)) : "";
}

/// The system's compiler driver knows the platform's linker and start files; it is run without a shell.
Error link_shared_library(const std::string& path, const std::string& object_path, const std::string& directory) {
  llvm::ErrorOr<std::string> driver = llvm::sys::findProgramByName("c++");
  if (!driver) driver = llvm::sys::findProgramByName("cc");
  if (!driver) return "linking " + path + " needs a C++ compiler driver (c++ or cc) in PATH";
  std::vector<std::string> arguments{*driver, "-shared", "-o", path, object_path};
  if (!directory.empty()) {
    for (const std::string& more : {"-L" + directory, "-Wl,-rpath," + directory, std::string("-ltpc_runtime")}) {
      arguments.push_back(more);
    }
  }
  const std::vector<llvm::StringRef> views(arguments.begin(), arguments.end());
  const std::string log_path = object_path + ".log";
  const std::optional<llvm::StringRef> streams[] = {std::nullopt, llvm::StringRef(log_path), llvm::StringRef(log_path)};
  std::string message;
  const int status = llvm::sys::ExecuteAndWait(*driver, views, std::nullopt, streams, 0, 0, &message);
  if (auto log = llvm::MemoryBuffer::getFile(log_path)) message += (*log)->getBuffer().rtrim();
  llvm::sys::fs::remove(log_path);
  if (status == 0) return "";
  return "cannot link " + path + ": " + *driver + " exited with status " + std::to_string(status) + ": " + message;
}

Error write_shared_library(const std::string& path, const std::string& object, const std::string& directory) {
  llvm::SmallString<128> object_path;
  if (std::error_code failure = llvm::sys::fs::createTemporaryFile("tpc", "o", object_path)) {
    return "cannot make a temporary file: " + failure.message();
  }
  Error error = write_file(object_path.str().str(), object);
  if (error.empty()) error = link_shared_library(path, object_path.str().str(), directory);
  llvm::sys::fs::remove(object_path);
  return error;
}

}  // namespace

std::string machine_code(const CompiledModel::Implementation& model, bool assembly) {
  const auto copy = llvm::CloneModule(*model.module);
  llvm::SmallVector<char, 0> code;
  llvm::raw_svector_ostream stream(code);
  llvm::legacy::PassManager passes;
  const auto kind = assembly ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile;
  const bool refused = model.target.machine->addPassesToEmitFile(passes, stream, nullptr, kind);
  TPC_CHECK(!refused, "the LLVM backend cannot write this kind of file");
  passes.run(*copy);
  return {code.begin(), code.end()};
}

Error write_model(const CompiledModel::Implementation& model, const std::string& path,
                  const std::string& runtime_library_directory) {
  const std::string extension = llvm::sys::path::extension(path).str();
  if (extension == ".o") return write_file(path, machine_code(model, false));
  if (extension == ".s") return write_file(path, machine_code(model, true));
  if (extension == ".a") return write_archive(path, machine_code(model, false));
  if (extension == ".so") return write_shared_library(path, machine_code(model, false), runtime_library_directory);
  if (extension == ".ll" || extension == ".bc") {
    llvm::SmallVector<char, 0> contents;
    llvm::raw_svector_ostream stream(contents);
    if (extension == ".ll") {
      stream << *model.module;
    } else {
      llvm::WriteBitcodeToFile(*model.module, stream);
    }
    return write_file(path, {contents.data(), contents.size()});
  }
  return "cannot tell from the name " + path + " what to write: use .o, .a, .so, .s, .ll or .bc";
}

}  // namespace tpc::codegen
