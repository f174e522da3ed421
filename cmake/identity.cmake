# What a build is, beside its semantic version: two texts, written into build/identity/identity_gen.c at every
# build by write_identity.cmake, and compiled anew only when one of them changed.
set(IDENTITY_DIR ${CMAKE_BINARY_DIR}/identity)
set(QMTRAJ_IDENTITY ${IDENTITY_DIR}/identity_gen.c)
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)

# Not the folder that it is built in, which packagers map away by a flag.
set(flags "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${build_type}}")
string(REGEX REPLACE "-f(file|macro|debug)-prefix-map=[^ ]*" "" flags "${flags}")
string(JOIN ":" IDENTITY_LIBRARIES ${QMTRAJ_LAPACK_FILES})

# What decides numbers besides the sources: the compiler, how it is told to compile, and what is linked in.
string(JOIN "\n" IDENTITY_SETTINGS
       "${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION} ${CMAKE_SYSTEM_PROCESSOR}"
       "${flags}"
       "kernels ${KERNEL_FLAGS}" "sanitizers ${QMTRAJ_SANITIZE}" "coverage ${QMTRAJ_COVERAGE}")
file(CONFIGURE OUTPUT ${IDENTITY_DIR}/settings.txt CONTENT "${IDENTITY_SETTINGS}\n" @ONLY)

add_custom_target(identity
  COMMAND ${CMAKE_COMMAND} -D SOURCE=${CMAKE_SOURCE_DIR} -D SETTINGS=${IDENTITY_DIR}/settings.txt
          "-D LIBRARIES=${IDENTITY_LIBRARIES}" -D OUT=${QMTRAJ_IDENTITY}
          -P ${CMAKE_SOURCE_DIR}/cmake/write_identity.cmake
  BYPRODUCTS ${QMTRAJ_IDENTITY}
  COMMENT "Identity of the build" VERBATIM)
