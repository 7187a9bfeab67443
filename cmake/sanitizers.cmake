set(TPC_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined")
# A runtime with sanitizers wants theirs to be loaded before it: the tests' hosts are linked with TPC_HOST_OPTIONS, and
# those that are not, like Python, run in TPC_HOST_ENVIRONMENT. Python's own leaks are not looked for.
set(TPC_HOST_OPTIONS "")
set(TPC_HOST_ENVIRONMENT "")
if(TPC_SANITIZE)
  add_compile_options(-fsanitize=${TPC_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${TPC_SANITIZE})
  set(TPC_HOST_OPTIONS "-fsanitize=${TPC_SANITIZE}")
  if(TPC_SANITIZE MATCHES "address")
    execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=libasan.so OUTPUT_VARIABLE asan OUTPUT_STRIP_TRAILING_WHITESPACE)
    # What throws exceptions has to be there when the sanitizer starts: a host that is no C++ does not bring it.
    execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=libstdc++.so OUTPUT_VARIABLE standard_library OUTPUT_STRIP_TRAILING_WHITESPACE)
    set(TPC_HOST_ENVIRONMENT "LD_PRELOAD=${asan}:${standard_library} ASAN_OPTIONS=detect_leaks=0:exitcode=99")
  endif()
endif()
