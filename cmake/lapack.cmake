# What of the reference LAPACK and BLAS the library needs, as one object of it: numbers depend on no environment variable,
# no alternative that the system administrator chose, no processor detection of another library, and not on what
# else a program links. Its symbols are not seen outside but for two kinds:
#
#     qmtraj_lapack_NAME     routines that src/base/linalg.c calls
#     qmtraj_blas_NAME       products of the reference BLAS
#
# LAPACK itself calls qmtraj_product_NAME for them, src/base/lapack_products.c: those of the reference BLAS reach
# a twentieth of the speed of ours. The little it wants of Fortran's runtime is in src/base/lapack_runtime.c.
set(lapack_routines dsyevd dpotrf dtrtri dposv dgetrf dgetri)
set(lapack_products dgemm dtrmm dsyr2k dsymv dgemv)
if(QMTRAJ_SYSTEM_LAPACK)
  # A shared library has products of its own, and keeps its names.
  target_compile_definitions(qmtraj_dependencies INTERFACE QMTRAJ_SYSTEM_LAPACK)
  foreach(name ${lapack_routines})
    target_compile_definitions(qmtraj_dependencies INTERFACE qmtraj_lapack_${name}=${name}_)
  endforeach()
  foreach(name ${lapack_products})
    target_compile_definitions(qmtraj_dependencies INTERFACE qmtraj_blas_${name}=${name}_)
  endforeach()
  set(LAPACK_OBJECT)
  return()
endif()

set(lapack_folder ${CMAKE_BINARY_DIR}/lapack)
file(MAKE_DIRECTORY ${lapack_folder})

set(calls)
set(names)
set(seen)
set(wanted)
foreach(name ${lapack_products})
  list(APPEND calls --redefine-sym ${name}_=qmtraj_product_${name})
  list(APPEND names --redefine-sym ${name}_=qmtraj_blas_${name})
  list(APPEND seen --keep-global-symbol qmtraj_blas_${name})
  list(APPEND wanted -u ${name}_)
endforeach()
foreach(name ${lapack_routines})
  list(APPEND names --redefine-sym ${name}_=qmtraj_lapack_${name})
  list(APPEND seen --keep-global-symbol qmtraj_lapack_${name})
  list(APPEND wanted -u ${name}_)
endforeach()
list(APPEND names --redefine-sym xerbla_=qmtraj_fortran_xerbla
     --redefine-sym _gfortran_concat_string=qmtraj_fortran_concat_string)
set(LAPACK_OBJECT ${lapack_folder}/lapack.o)
function(lapack_step)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()
lapack_step(${CMAKE_OBJCOPY} ${calls} ${LAPACK_STATIC} ${lapack_folder}/lapack.a)
file(COPY_FILE ${BLAS_STATIC} ${lapack_folder}/blas.a)
lapack_step(${CMAKE_AR} d ${lapack_folder}/lapack.a xerbla.o)
lapack_step(${CMAKE_AR} d ${lapack_folder}/blas.a xerbla.o)
lapack_step(${CMAKE_LINKER} -r ${wanted} -o ${lapack_folder}/joined.o ${lapack_folder}/lapack.a ${lapack_folder}/blas.a)
# In two steps: the objcopy of GNU looks for new names, that of LLVM for old ones.
lapack_step(${CMAKE_OBJCOPY} ${names} ${lapack_folder}/joined.o ${lapack_folder}/named.o)
lapack_step(${CMAKE_OBJCOPY} ${seen} ${lapack_folder}/named.o ${LAPACK_OBJECT})
file(REMOVE ${lapack_folder}/lapack.a ${lapack_folder}/blas.a ${lapack_folder}/joined.o ${lapack_folder}/named.o)
