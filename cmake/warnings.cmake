add_library(tpc_warnings INTERFACE)
target_compile_options(tpc_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast)
# GCC 12 reports a false overlap for "text" + std::string at -O3 (GCC bug 105651, fixed in 13).
target_compile_options(tpc_warnings INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>)
if(TPC_WARNINGS_AS_ERRORS)
  target_compile_options(tpc_warnings INTERFACE -Werror)
endif()
