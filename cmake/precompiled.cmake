# Headers that nearly every file of a part reads, compiled once (measured in bench/README.md). Sources still include what
# they use: with -DTPC_PRECOMPILED_HEADERS=OFF everything compiles too, and the layering test reads the includes.
option(TPC_PRECOMPILED_HEADERS "Compile the headers that most files read once" ON)
if(CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache")
  add_compile_options(-fpch-preprocess)  # without it ccache passes such files by (its manual, "Precompiled headers")
endif()

# tpc_precompiled(name headers..): makes the headers available to tpc_use_precompiled.
function(tpc_precompiled name)
  if(NOT TPC_PRECOMPILED_HEADERS)
    return()
  endif()
  set(source ${PROJECT_BINARY_DIR}/precompiled/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Carries a precompiled header.\n")
  add_library(tpc_precompiled_${name} OBJECT ${source})
  target_include_directories(tpc_precompiled_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(tpc_precompiled_${name} PRIVATE fmt::fmt tpc_warnings)
  target_precompile_headers(tpc_precompiled_${name} PRIVATE ${ARGN})
endfunction()

function(tpc_use_precompiled target name)
  if(TPC_PRECOMPILED_HEADERS)
    target_precompile_headers(${target} REUSE_FROM tpc_precompiled_${name})
    target_link_libraries(${target} PRIVATE fmt::fmt)  # its definitions have to be the same
  endif()
endfunction()

set(standard <algorithm> <cmath> <cstdint> <functional> <map> <memory> <optional> <set> <string> <variant> <vector>)
tpc_precompiled(ir ${standard} <fmt/format.h> ${PROJECT_SOURCE_DIR}/base/diag/check.h
                ${PROJECT_SOURCE_DIR}/ir/tp/ir.h ${PROJECT_SOURCE_DIR}/ir/limit/ir.h)
