# The reference LAPACK and BLAS, linked statically: their bytes depend on no environment variable, no
# alternative that the system administrator chose, and no processor detection.
find_library(LAPACK_STATIC NAMES liblapack.a PATHS /usr/lib/x86_64-linux-gnu/lapack
             PATH_SUFFIXES lapack REQUIRED)
find_library(BLAS_STATIC NAMES libblas.a PATHS /usr/lib/x86_64-linux-gnu/blas
             PATH_SUFFIXES blas REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)

add_library(qmtraj_dependencies INTERFACE)
target_link_libraries(qmtraj_dependencies INTERFACE ${LAPACK_STATIC} ${BLAS_STATIC} gfortran
                      PkgConfig::YAML PkgConfig::CJSON PkgConfig::ZLIB m)
