# The dependency rule that link lists cannot see: Boost.Spirit only in grammar/, LLVM only in codegen/, Eigen only in runtime/
# and the interpreter; frontend, passes, codegen and runtime do not include each other where they must not.
file(GLOB_RECURSE sources RELATIVE ${SOURCE} ${SOURCE}/*.h ${SOURCE}/*.cpp)
list(FILTER sources EXCLUDE REGEX "^(build|tests|bench)/")

# rule: what may not be included | where it may all the same
set(rules
    "<boost/spirit|^grammar/"
    "<llvm/|^codegen/"
    "<Eigen/|^(runtime/|evaluation/)"
    "\"grammar/|^(grammar|driver)/"
    "\"frontend/sema/|^(frontend/sema|frontend/lowering|evaluation|driver)/"
    "\"frontend/ast/|^(frontend|grammar|driver)/"
    "\"passes/|^(passes|evaluation|driver)/"
    "\"codegen/|^(codegen|evaluation|driver)/"
    "\"driver/|^(evaluation|driver)/"
    "\"runtime/|^(runtime|evaluation|driver)/")
set(violations "")
foreach(source IN LISTS sources)
  foreach(rule IN LISTS rules)
    string(REPLACE "|" ";" parts "${rule}")
    list(GET parts 0 forbidden)
    string(LENGTH "${forbidden}|" skip)
    string(SUBSTRING "${rule}" ${skip} -1 allowed)
    if(NOT source MATCHES "${allowed}")
      file(STRINGS ${SOURCE}/${source} hits REGEX "#include ${forbidden}")
      foreach(hit IN LISTS hits)
        string(APPEND violations "${source}: ${hit}\n")
      endforeach()
    endif()
  endforeach()
endforeach()
if(violations)
  message(FATAL_ERROR "includes against the dependency rule:\n${violations}")
endif()
list(LENGTH sources count)
message("${count} files keep the dependency rule")
