// What .o .s .ll .bc .a .so files of a compiled model hold.
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
#include "base/files/output_file.h"
#include "codegen/compiled_model.h"

namespace tpc::codegen {

namespace {

FileContents archive(const std::string& name, const std::string& object) {
  std::vector<llvm::NewArchiveMember> members;
  const std::string member = name + ".o";
  members.emplace_back(llvm::MemoryBufferRef(object, member));
  auto buffer = llvm::writeArchiveToBuffer(members, llvm::SymtabWritingMode::NormalSymtab, llvm::object::Archive::K_GNU,
                                           true, false);
  if (!buffer) return {{}, "cannot make an archive: " + llvm::toString(buffer.takeError())};
  return {(*buffer)->getBuffer().str(), {}};
}

/// A file for a tool to write or read, removed at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const char* ending) { failure_ = llvm::sys::fs::createTemporaryFile("tpc", ending, path_); }
  ~TemporaryFile() {
    if (!failure_) llvm::sys::fs::remove(path_);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] Error error() const { return failure_ ? "cannot make a temporary file: " + failure_.message() : ""; }
  [[nodiscard]] std::string path() const { return path_.str().str(); }

 private:
  llvm::SmallString<128> path_;
  std::error_code failure_;
};

FileContents read_back(const std::string& path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer) return {{}, "cannot read what the linker made: " + buffer.getError().message()};
  return {(*buffer)->getBuffer().str(), {}};
}

/// The system's compiler driver knows the platform's linker and start files; it is run without a shell.
FileContents link_shared_library(const std::string& object_path, const std::string& directory) {
  llvm::ErrorOr<std::string> driver = llvm::sys::findProgramByName("c++");
  if (!driver) driver = llvm::sys::findProgramByName("cc");
  if (!driver) return {{}, "a shared library needs a C++ compiler driver (c++ or cc) in PATH"};
  const TemporaryFile library("so"), log("log");
  for (const TemporaryFile* file : {&library, &log}) {
    if (!file->error().empty()) return {{}, file->error()};
  }
  std::vector<std::string> arguments{*driver, "-shared", "-o", library.path(), object_path};
  if (!directory.empty()) {
    // What cannot be loaded is not to be linked: no symbol may be left open. Where the runtime is no more, it is looked
    // for beside the library, so that both may be moved together.
    for (const std::string& more : {"-L" + directory, "-Wl,-rpath," + directory + ":$ORIGIN",
                                    std::string("-ltpc_runtime"), std::string("-Wl,-z,defs")}) {
      arguments.push_back(more);
    }
  }
  const std::vector<llvm::StringRef> views(arguments.begin(), arguments.end());
  const std::string log_path = log.path();
  const std::optional<llvm::StringRef> streams[] = {std::nullopt, llvm::StringRef(log_path), llvm::StringRef(log_path)};
  std::string message;
  const int status = llvm::sys::ExecuteAndWait(*driver, views, std::nullopt, streams, 0, 0, &message);
  if (status == 0) return read_back(library.path());
  if (auto text = llvm::MemoryBuffer::getFile(log_path)) message += (*text)->getBuffer().rtrim();
  return {{}, "cannot link: " + *driver + " exited with status " + std::to_string(status) + ": " + message};
}

FileContents shared_library(const std::string& object, const std::string& directory) {
  const TemporaryFile file("o");
  if (!file.error().empty()) return {{}, file.error()};
  const std::string failure = files::write_file(file.path(), object);
  if (!failure.empty()) return {{}, "cannot write " + file.path() + ": " + failure};
  return link_shared_library(file.path(), directory);
}

std::string llvm_text(const llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << module;
  return text;
}

std::string bitcode(const llvm::Module& module) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::WriteBitcodeToFile(module, stream);
  return {bytes.begin(), bytes.end()};
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

std::optional<FileKind> file_kind(const std::string& path) {
  static const std::pair<llvm::StringRef, FileKind> endings[] = {
      {".o", FileKind::object},   {".a", FileKind::archive},    {".so", FileKind::shared_library},
      {".s", FileKind::assembly}, {".ll", FileKind::llvm_text}, {".bc", FileKind::bitcode}};
  const llvm::StringRef extension = llvm::sys::path::extension(path);
  for (const auto& [ending, kind] : endings) {
    if (extension == ending) return kind;
  }
  return std::nullopt;
}

FileContents file_contents(const CompiledModel::Implementation& model, FileKind kind, const std::string& name,
                           const std::string& runtime_library_directory) {
  switch (kind) {
    case FileKind::object: return {machine_code(model, false), {}};
    case FileKind::assembly: return {machine_code(model, true), {}};
    case FileKind::archive: return archive(name, machine_code(model, false));
    case FileKind::shared_library: return shared_library(machine_code(model, false), runtime_library_directory);
    case FileKind::llvm_text: return {llvm_text(*model.module), {}};
    case FileKind::bitcode: return {bitcode(*model.module), {}};
  }
  TPC_CHECK(false, "no such kind of file");
}

}  // namespace tpc::codegen
