# `cmake --install`: the compiler, the runtime library with its C and C++ headers, a package for find_package(tpc) (target
# tpc::runtime and the function tpc_add_model, cmake/tpc_add_model.cmake) and pkg-config, manual pages, completions,
# examples and what editors need. The tree may be moved: nothing in it says where it is. `cpack` makes a Debian package
# of the same (scripts/package).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
find_package(Python3 QUIET COMPONENTS Interpreter)

# What scripts build (tpc_installed) is all that is installed.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

# Manual pages and completions say what `--help` says.
function(tpc_install_manual)
  set(manual ${PROJECT_BINARY_DIR}/manual)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/packaging/*.py)
  add_custom_command(
    OUTPUT ${manual}/man1/tpc.1.gz
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/packaging/manual.py ${PROJECT_VERSION} ${manual}
            $<TARGET_FILE:tpc> $<TARGET_FILE:tpc-opt>
    DEPENDS tpc tpc-opt ${sources}
    VERBATIM)
  add_custom_target(tpc_manual ALL DEPENDS ${manual}/man1/tpc.1.gz)
  add_dependencies(tpc_installed tpc_manual)
  set(completions ${manual}/completions)
  install(DIRECTORY ${manual}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
  install(FILES ${completions}/tpc DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${completions}/_tpc DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
  install(FILES ${completions}/tpc.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endfunction()

# What other projects find: CMake's package and pkg-config's file, with places seen from where they lie.
function(tpc_install_development_files)
  set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/tpc)
  configure_package_config_file(cmake/tpcConfig.cmake.in ${PROJECT_BINARY_DIR}/tpcConfig.cmake
                                INSTALL_DESTINATION ${package_directory}
                                PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/tpcConfigVersion.cmake COMPATIBILITY SameMajorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/tpcConfig.cmake ${PROJECT_BINARY_DIR}/tpcConfigVersion.cmake
                cmake/tpc_add_model.cmake DESTINATION ${package_directory})
  file(RELATIVE_PATH from_pkgconfig /${CMAKE_INSTALL_DATADIR}/pkgconfig /)
  configure_file(cmake/tpc.pc.in ${PROJECT_BINARY_DIR}/tpc.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/tpc.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)
endfunction()

if(TARGET tpc AND TARGET tpc_runtime)
  # What the installation is made of: scripts/quickstart builds this.
  add_custom_target(tpc_installed DEPENDS tpc tpc-opt tpc_runtime tpc_runtime_shared)
  install(TARGETS tpc tpc-opt RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(TARGETS tpc_runtime tpc_runtime_shared DESTINATION ${CMAKE_INSTALL_LIBDIR})
  # `tpc import` runs this; in the build tree it finds the sources' own (driver/CMakeLists.txt).
  install(DIRECTORY python/tpc_import DESTINATION ${CMAKE_INSTALL_DATADIR}/tpc/python FILES_MATCHING PATTERN "*.py")
  install(DIRECTORY runtime/include/tpc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/tpc PATTERN __pycache__ EXCLUDE)
  install(DIRECTORY grammar/vscode DESTINATION ${CMAKE_INSTALL_DATADIR}/tpc/editors PATTERN node_modules EXCLUDE)
  install(FILES grammar/tpc.tmLanguage.json DESTINATION ${CMAKE_INSTALL_DATADIR}/tpc/editors/vscode)
  tpc_install_development_files()
  if(Python3_FOUND)
    tpc_install_manual()
  else()
    message(STATUS "No manual pages and completions: missing python3")
  endif()
  include(debian)
endif()
