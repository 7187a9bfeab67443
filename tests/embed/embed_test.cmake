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

# A runtime with sanitizers wants theirs to be loaded before it: hosts are linked with them, and Python is given them.
set(host_options "")
set(python ${PYTHON})
if(SANITIZE)
  set(host_options -DCMAKE_C_FLAGS=-fsanitize=${SANITIZE} -DCMAKE_CXX_FLAGS=-fsanitize=${SANITIZE})
  execute_process(COMMAND ${COMPILER} -print-file-name=libasan.so OUTPUT_VARIABLE asan OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(python ${CMAKE_COMMAND} -E env LD_PRELOAD=${asan} ASAN_OPTIONS=detect_leaks=0 ${PYTHON})
endif()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
set(prefix ${WORK}/prefix)
run(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix} DIRECTORY ${WORK})

file(COPY ${SOURCE}/examples/embed ${SOURCE}/examples/mlp.tp DESTINATION ${WORK}/examples)
run(COMMAND ${CMAKE_COMMAND} -S ${WORK}/examples/embed -B ${WORK}/build -G Ninja -DCMAKE_PREFIX_PATH=${prefix} ${host_options}
    DIRECTORY ${WORK})
run(COMMAND ${CMAKE_COMMAND} --build ${WORK}/build DIRECTORY ${WORK})
run(COMMAND ${WORK}/build/train DIRECTORY ${WORK} OUTPUT from_c)
message("C:\n${from_c}")

run(COMMAND ${prefix}/bin/tpc compile ${WORK}/examples/mlp.tp -o ${WORK}/mlp.so DIRECTORY ${WORK})
run(COMMAND ${python} ${WORK}/examples/embed/train.py ${WORK}/mlp.so DIRECTORY ${WORK} OUTPUT from_python)
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
