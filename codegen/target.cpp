#include "codegen/target.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Passes/StandardInstrumentations.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/SubtargetFeature.h>

#include "base/diag/check.h"

namespace tpc::codegen {

namespace {

/// LLVM cannot go on and does not throw: its own way would be to abort.
[[noreturn]] void end_without_memory(void*, const char*, bool) {
  std::fputs("error: not enough memory to make machine code\n", stderr);
  std::_Exit(1);
}

void initialize_llvm_once() {
  [[maybe_unused]] static const bool done = [] {
    llvm::install_bad_alloc_error_handler(end_without_memory);
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    return true;
  }();
}

std::string host_features() {
  llvm::SubtargetFeatures features;
  for (const auto& feature : llvm::sys::getHostCPUFeatures()) features.AddFeature(feature.first(), feature.second);
  return features.getString();
}

llvm::CodeGenOptLevel machine_level(int level) {
  constexpr std::array levels{llvm::CodeGenOptLevel::None, llvm::CodeGenOptLevel::Less, llvm::CodeGenOptLevel::Default,
                              llvm::CodeGenOptLevel::Aggressive};
  return levels.at(static_cast<size_t>(level));
}

/// Whether LLVM knows the processor, and it runs 64-bit code (LLVM ends the program where one does not).
bool is_usable_processor(const llvm::Target& target, const llvm::Triple& triple, llvm::StringRef cpu) {
  const std::unique_ptr<llvm::MCSubtargetInfo> any(target.createMCSubtargetInfo(triple.str(), "", ""));
  if (!any || !any->isCPUStringValid(cpu)) return false;
  const std::unique_ptr<llvm::MCSubtargetInfo> own(target.createMCSubtargetInfo(triple.str(), cpu, ""));
  return own && (triple.getArch() != llvm::Triple::x86_64 || own->checkFeatures("+64bit"));
}

std::string usable_processors(const llvm::Target& target, const llvm::Triple& triple) {
  const std::unique_ptr<llvm::MCSubtargetInfo> any(target.createMCSubtargetInfo(triple.str(), "", ""));
  std::string names = "native";
  for (const llvm::SubtargetSubTypeKV& processor : any->getAllProcessorDescriptions()) {
    if (is_usable_processor(target, triple, processor.Key)) names += std::string(", ") + processor.Key;
  }
  return names;
}

}  // namespace

Target::Target() = default;
Target::~Target() = default;
Target::Target(Target&&) noexcept = default;
Target& Target::operator=(Target&&) noexcept = default;

Target make_target(const CodegenOptions& options) {
  TPC_CHECK(options.optimization_level >= 0 && options.optimization_level <= 3, "no such optimisation level");
  initialize_llvm_once();
  Target result;
  const std::string triple = llvm::sys::getProcessTriple();
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, result.error);
  if (!target) return result;
  const bool native = options.cpu == "native" || options.cpu.empty();
  result.cpu = native ? llvm::sys::getHostCPUName().str() : options.cpu;
  result.features = native ? host_features() : "";
  if (!is_usable_processor(*target, llvm::Triple(triple), result.cpu)) {
    result.error = "unknown processor '" + options.cpu + "', or one without 64-bit code; known are " +
                   usable_processors(*target, llvm::Triple(triple));
    return result;
  }
  result.machine.reset(target->createTargetMachine(triple, result.cpu, result.features, llvm::TargetOptions{},
                                                   llvm::Reloc::PIC_, std::nullopt,
                                                   machine_level(options.optimization_level)));
  if (!result.machine) {
    result.error = "LLVM cannot make code for " + triple;
  } else if (result.machine->getPointerSize(0) != 8) {
    result.error = "code is made for 64-bit processors only, not for " + triple;
    result.machine.reset();
  }
  return result;
}

void optimize(llvm::Module& module, const Target& target, int level) {
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    function.addFnAttr("target-cpu", target.cpu);
    if (!target.features.empty()) function.addFnAttr("target-features", target.features);
  }
  llvm::PipelineTuningOptions tuning;  // sample loops are vectors already (see loops.cpp)
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  llvm::PassInstrumentationCallbacks callbacks;  // without which passes do not know of functions to be left as they are
  llvm::OptNoneInstrumentation left_as_it_is(/*DebugLogging=*/false);
  left_as_it_is.registerCallbacks(callbacks);
  llvm::PassBuilder builder(target.machine.get(), tuning, std::nullopt, &callbacks);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  const std::array levels{llvm::OptimizationLevel::O0, llvm::OptimizationLevel::O1, llvm::OptimizationLevel::O2,
                          llvm::OptimizationLevel::O3};
  auto passes = level == 0 ? builder.buildO0DefaultPipeline(levels[0])
                           : builder.buildPerModuleDefaultPipeline(levels.at(static_cast<size_t>(level)));
  passes.run(module, modules);
}

}  // namespace tpc::codegen
