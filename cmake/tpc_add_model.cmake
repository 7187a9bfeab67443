# tpc_add_model(target model.tp [OPTIONS ...]): compiles a `.tp` file at build time. Link `target` and include
# "<model file name>.h"; OPTIONS are passed to `tpc compile` (e.g. --param mup --precision f32).
function(tpc_add_model target model)
  cmake_parse_arguments(ARG "" "" "OPTIONS" ${ARGN})
  get_filename_component(source ${model} ABSOLUTE)
  get_filename_component(name ${model} NAME_WE)
  set(directory ${CMAKE_CURRENT_BINARY_DIR}/${target})
  add_custom_command(
    OUTPUT ${directory}/${name}.o ${directory}/${name}.h
    COMMAND ${CMAKE_COMMAND} -E make_directory ${directory}
    COMMAND tpc::tpc compile ${source} -o ${directory}/${name}.o --header ${directory}/${name}.h ${ARG_OPTIONS}
    DEPENDS ${source} tpc::tpc
    COMMENT "Deriving and compiling the infinite-width limit of ${name}"
    VERBATIM)
  add_library(${target} STATIC ${directory}/${name}.o ${directory}/${name}.h)
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
  set_source_files_properties(${directory}/${name}.o PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  target_include_directories(${target} PUBLIC ${directory})
  target_link_libraries(${target} PUBLIC tpc::runtime)
endfunction()
