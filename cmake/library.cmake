# tpc_folder(folder LINK folders.. PRIVATE_LINK packages..): the .cpp files of one folder (not of its subfolders) as a
# static library, named after its path: evaluation/data is tpc_evaluation_data. A file placed in the folder belongs to it.
# LINK names the folders it may include, and is the dependency rule: tests/layering_test.py checks every include.
# PRECOMPILED names a set of headers of precompiled.cmake; OPTIONS are compiler options.
# A folder is compiled a few files at a time (TPC_UNITY_BUILD), so names in anonymous namespaces differ within a folder.
option(TPC_UNITY_BUILD "Compile the files of a folder together: a quicker clean build, slower small changes" ON)
function(tpc_folder folder)
  cmake_parse_arguments(ARG "" "PRECOMPILED" "LINK;PRIVATE_LINK;OPTIONS" ${ARGN})
  string(REPLACE "/" "_" target tpc_${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "main\\.cpp$")
  list(TRANSFORM ARG_LINK REPLACE "/" "_" OUTPUT_VARIABLE links)
  list(TRANSFORM links PREPEND "tpc_")
  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${target} PUBLIC ${links} PRIVATE ${ARG_PRIVATE_LINK} tpc_warnings)
    target_compile_options(${target} PRIVATE ${ARG_OPTIONS})
    set_target_properties(${target} PROPERTIES UNITY_BUILD ${TPC_UNITY_BUILD} UNITY_BUILD_BATCH_SIZE 6)
    if(ARG_PRECOMPILED)
      tpc_use_precompiled(${target} ${ARG_PRECOMPILED})
    endif()
  else()  # headers only
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${target} INTERFACE ${links})
  endif()
  list(JOIN ARG_LINK " " rule)
  set_property(GLOBAL APPEND PROPERTY TPC_LAYERS "${folder}: ${rule}")
endfunction()

# Tests are compiled with little optimisation: what they test has all of it, and they are half of the build.
set(TPC_TEST_OPTIONS $<$<CONFIG:Release>:-O1>)

# tpc_unit_test(name SOURCES ... LINK folders.. | packages..): one doctest program, registered with ctest.
function(tpc_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES} $<TARGET_OBJECTS:tpc_doctest_main>)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE TPC_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_LINK} tpc_warnings)
  target_compile_options(${name} PRIVATE ${TPC_TEST_OPTIONS})
  tpc_use_precompiled(${name} tests)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
