# Install, find_package(tpc), tpc_add_model, run the C host; then the Python host on a shared library; compare both.
function(run)
  cmake_parse_arguments(ARG "" "OUTPUT;DIRECTORY" "COMMAND" ${ARGN})
  execute_process(COMMAND ${ARG_COMMAND} WORKING_DIRECTORY ${ARG_DIRECTORY} OUTPUT_VARIABLE output
                  ERROR_VARIABLE error RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARG_COMMAND}: status ${status}\n${output}\n${error}")
  endif()
  if(ARG_OUTPUT)
    set(${ARG_OUTPUT} "${output}" PARENT_SCOPE)
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
set(prefix ${WORK}/prefix)
run(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix} DIRECTORY ${WORK})

file(COPY ${SOURCE}/examples/embed ${SOURCE}/examples/mlp.tp DESTINATION ${WORK}/examples)
run(COMMAND ${CMAKE_COMMAND} -S ${WORK}/examples/embed -B ${WORK}/build -G Ninja -DCMAKE_PREFIX_PATH=${prefix}
    DIRECTORY ${WORK})
run(COMMAND ${CMAKE_COMMAND} --build ${WORK}/build DIRECTORY ${WORK})
run(COMMAND ${WORK}/build/train DIRECTORY ${WORK} OUTPUT from_c)
message("C:\n${from_c}")

run(COMMAND ${prefix}/bin/tpc compile ${WORK}/examples/mlp.tp -o ${WORK}/mlp.so DIRECTORY ${WORK})
run(COMMAND ${PYTHON} ${WORK}/examples/embed/train.py ${WORK}/mlp.so DIRECTORY ${WORK} OUTPUT from_python)
message("Python:\n${from_python}")

# The C host prints the same five steps and two predictions first, and again after saving and loading.
string(FIND "${from_c}" "${from_python}" place)
if(NOT place EQUAL 0)
  message(FATAL_ERROR "the C and the Python host disagree")
endif()
string(REGEX MATCHALL "f\\(x[12]\\) = [^\n]*" predictions "${from_c}")
list(LENGTH predictions count)
if(NOT count EQUAL 4)
  message(FATAL_ERROR "expected 4 predictions, got ${count}")
endif()
list(SUBLIST predictions 0 2 before)
list(SUBLIST predictions 2 2 after)
if(NOT before STREQUAL after)
  message(FATAL_ERROR "a saved and loaded state predicts something else")
endif()
