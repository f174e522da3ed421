# make install PREFIX=dir: bin/qmtraj, lib/libqmtraj.so, lib/libqmtraj.a, include/qmtraj, lib/pkgconfig,
# lib/cmake/qmtraj,
# share/qmtraj, share/man/man1/qmtraj.1, share/bash-completion/completions/qmtraj. The tables are inside
# the library, so the program looks for no file of its own.
# The same place on every machine, no lib/x86_64-linux-gnu unless a packager asks for it.
set(CMAKE_INSTALL_LIBDIR lib CACHE STRING "folder of libraries, within the prefix")
include(GNUInstallDirs)
# Packages find everything from their own place, so that the installed folder may be moved as a whole. A folder that a packager
# gives by its whole path stays where it is.
string(REGEX REPLACE "[^/]+" ".." QMTRAJ_LIBDIR_UP "${CMAKE_INSTALL_LIBDIR}")
set(QMTRAJ_PC_PREFIX "\${pcfiledir}/../${QMTRAJ_LIBDIR_UP}")
set(QMTRAJ_CMAKE_PREFIX "\${CMAKE_CURRENT_LIST_DIR}/../../${QMTRAJ_LIBDIR_UP}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(QMTRAJ_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
  set(QMTRAJ_CMAKE_PREFIX "${CMAKE_INSTALL_PREFIX}")
endif()
foreach(folder LIBDIR INCLUDEDIR)
  set(QMTRAJ_PC_${folder} "\${prefix}/${CMAKE_INSTALL_${folder}}")
  set(QMTRAJ_CMAKE_${folder} "\${qmtraj_prefix}/${CMAKE_INSTALL_${folder}}")
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${folder}}")
    set(QMTRAJ_PC_${folder} "${CMAKE_INSTALL_${folder}}")
    set(QMTRAJ_CMAKE_${folder} "${CMAKE_INSTALL_${folder}}")
  endif()
endforeach()

# The shared library knows what it needs. Whoever links the static one names all of it, and pkg-config does. The list
# comes from the target that the build itself links; there is no second one, and no path but those of the system.
function(qmtraj_pkgconfig_libs target libs requires)
  get_target_property(items ${target} INTERFACE_LINK_LIBRARIES)
  foreach(item ${items})
    if(item MATCHES "^PkgConfig::(.+)$")
      set(${requires} "${${requires}} ${${CMAKE_MATCH_1}_MODULE_NAME}")
    elseif(TARGET ${item})
      qmtraj_pkgconfig_libs(${item} ${libs} ${requires})
    elseif(item MATCHES "^(/.*)/lib([^/]*)\\.so$")
      set(${libs} "${${libs}} -l${CMAKE_MATCH_2}")
    elseif(item MATCHES "^(/.*)/(lib[^/]*\\.a)$")
      set(${libs} "${${libs}} -L${CMAKE_MATCH_1} -l:${CMAKE_MATCH_2}")
    elseif(item MATCHES "^(/|-)")
      set(${libs} "${${libs}} ${item}")
    else()
      set(${libs} "${${libs}} -l${item}")
    endif()
  endforeach()
  set(${libs} "${${libs}}" PARENT_SCOPE)
  set(${requires} "${${requires}}" PARENT_SCOPE)
endfunction()

set(PC_LIBS)
set(PC_REQUIRES)
qmtraj_pkgconfig_libs(qmtraj_dependencies PC_LIBS PC_REQUIRES)
configure_file(cmake/qmtraj.pc.in qmtraj.pc @ONLY)
configure_file(cmake/qmtraj-static.pc.in qmtraj-static.pc @ONLY)
configure_file(cmake/qmtrajConfig.cmake.in qmtrajConfig.cmake @ONLY)
include(CMakePackageConfigHelpers)
# Before 1.0 a minor version may break.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/qmtrajConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS qmtraj ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS qmtraj_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET qmtraj_program)
  install(TARGETS qmtraj_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY include/qmtraj DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${CMAKE_BINARY_DIR}/qmtraj.pc ${CMAKE_BINARY_DIR}/qmtraj-static.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${CMAKE_BINARY_DIR}/qmtrajConfig.cmake ${CMAKE_BINARY_DIR}/qmtrajConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/qmtraj)
file(GLOB examples CONFIGURE_DEPENDS examples/*.c examples/CMakeLists.txt)
install(FILES ${examples} DESTINATION ${CMAKE_INSTALL_DATADIR}/qmtraj/examples)
install(DIRECTORY configs data/molecules docs DESTINATION ${CMAKE_INSTALL_DATADIR}/qmtraj OPTIONAL
        PATTERN man EXCLUDE)
install(PROGRAMS examples/slurm_array.sh examples/slurm_srun.sh examples/parallel.sh
        DESTINATION ${CMAKE_INSTALL_DATADIR}/qmtraj/examples)
install(FILES examples/Snakefile DESTINATION ${CMAKE_INSTALL_DATADIR}/qmtraj/examples)
install(DIRECTORY examples/python DESTINATION ${CMAKE_INSTALL_DATADIR}/qmtraj/examples
        PATTERN __pycache__ EXCLUDE)
install(FILES docs/man/qmtraj.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
# The shell finds a completion by the name of the program.
install(FILES completion/qmtraj.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME qmtraj)
install(FILES README.md CHANGELOG.md CITATION.cff LICENSE
        DESTINATION ${CMAKE_INSTALL_DATADIR}/qmtraj)
