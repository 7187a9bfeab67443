# `cmake --install`: the compiler, the runtime library with its C header, and a package for find_package(tpc):
# target tpc::runtime and the function tpc_add_model (cmake/tpc_add_model.cmake).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

if(TARGET tpc AND TARGET tpc_runtime)
  # What the installation is made of: scripts/quickstart builds this.
  add_custom_target(tpc_installed DEPENDS tpc tpc-opt tpc_runtime tpc_runtime_shared)
  set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/tpc)
  install(TARGETS tpc tpc-opt RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(TARGETS tpc_runtime tpc_runtime_shared DESTINATION ${CMAKE_INSTALL_LIBDIR})
  # `tpc import` runs this; in the build tree it finds the sources' own (driver/CMakeLists.txt).
  install(DIRECTORY python/tpc_import DESTINATION ${CMAKE_INSTALL_DATADIR}/tpc/python FILES_MATCHING PATTERN "*.py")
  install(DIRECTORY runtime/include/tpc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  configure_package_config_file(cmake/tpcConfig.cmake.in ${PROJECT_BINARY_DIR}/tpcConfig.cmake
                                INSTALL_DESTINATION ${package_directory}
                                PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/tpcConfigVersion.cmake COMPATIBILITY SameMajorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/tpcConfig.cmake ${PROJECT_BINARY_DIR}/tpcConfigVersion.cmake
                cmake/tpc_add_model.cmake DESTINATION ${package_directory})
endif()
