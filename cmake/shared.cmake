# libqmtraj.so.N beside libqmtraj.a, from the same objects. N counts the breaks of the ABI (docs/api.md). The linear
# algebra and all else that decides bytes is inside; what it needs from the system are RDKit, YAML, JSON and the
# runtimes of the compilers.
set(QMTRAJ_ABI 0)
add_library(qmtraj_shared SHARED cmake/shared.c)
if(QMTRAJ_BUNDLE)
  target_sources(qmtraj_shared PRIVATE cmake/bundle.c)
  target_compile_definitions(qmtraj_shared PRIVATE _GNU_SOURCE)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    foreach(name exp log pow hypot call_once stat lstat fstat pthread_create pthread_join pthread_once
            pthread_sigmask pthread_attr_setstacksize)
      target_link_options(qmtraj_shared PRIVATE LINKER:--wrap=${name})
    endforeach()
    # Before 2.34 threads were in a library of their own, which is an empty one since.
    target_link_options(qmtraj_shared PRIVATE LINKER:--push-state,--no-as-needed -l:libpthread.so.0 LINKER:--pop-state)
  endif()
endif()
set_target_properties(qmtraj_shared PROPERTIES OUTPUT_NAME qmtraj VERSION ${PROJECT_VERSION}
                      SOVERSION ${QMTRAJ_ABI} LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/libqmtraj.map)
if(QMTRAJ_RDKIT_SOURCES)
  set_target_properties(qmtraj_shared PROPERTIES LINKER_LANGUAGE CXX)
endif()
target_include_directories(qmtraj_shared INTERFACE include)
target_link_libraries(qmtraj_shared PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,qmtraj>")
target_link_options(qmtraj_shared PRIVATE LINKER:--version-script=${CMAKE_SOURCE_DIR}/cmake/libqmtraj.map LINKER:--no-undefined
                    LINKER:--as-needed)
