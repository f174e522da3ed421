# The reference LAPACK and BLAS, linked statically: their bytes depend on no environment variable, no
# alternative that the system administrator chose, and no processor detection.
find_library(LAPACK_STATIC NAMES liblapack.a PATHS /usr/lib/x86_64-linux-gnu/lapack
             PATH_SUFFIXES lapack REQUIRED)
find_library(BLAS_STATIC NAMES libblas.a PATHS /usr/lib/x86_64-linux-gnu/blas
             PATH_SUFFIXES blas REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)

add_library(qmtraj_dependencies INTERFACE)
if(QMTRAJ_BUNDLE)
  # All of them inside but Fortran's runtime, whose archive does not go into shared libraries: that one wants it beside
  # itself. Debian's cJSON has no archive: tools/cjson_static.sh makes one in the build folder.
  set(bundle)
  foreach(name yaml cjson deflate)
    find_library(BUNDLE_${name} NAMES lib${name}.a PATHS ${CMAKE_BINARY_DIR}/cjson REQUIRED)
    list(APPEND bundle ${BUNDLE_${name}})
  endforeach()
  target_include_directories(qmtraj_dependencies SYSTEM INTERFACE ${YAML_INCLUDE_DIRS} ${CJSON_INCLUDE_DIRS} ${DEFLATE_INCLUDE_DIRS})
  target_link_libraries(qmtraj_dependencies INTERFACE ${LAPACK_STATIC} ${BLAS_STATIC} gfortran
                        quadmath ${bundle} -static-libgcc m)
else()
  target_link_libraries(qmtraj_dependencies INTERFACE ${LAPACK_STATIC} ${BLAS_STATIC} gfortran
                        PkgConfig::YAML PkgConfig::CJSON PkgConfig::DEFLATE m)
endif()

# Training sets in HDF5 need libhdf5; without it the build works and says so when it is asked for one.
if(QMTRAJ_HDF5)
  pkg_check_modules(HDF5 IMPORTED_TARGET hdf5-serial)
  if(HDF5_FOUND)
    target_link_libraries(qmtraj_dependencies INTERFACE PkgConfig::HDF5)
    message(STATUS "HDF5: ${HDF5_VERSION}")
  else()
    message(STATUS "HDF5: not found, training sets cannot be HDF5 (Debian: libhdf5-dev)")
  endif()
endif()

# SMILES need RDKit and with it C++, which nothing else here does: without either the build works and
# says so when it is given a SMILES.
set(QMTRAJ_RDKIT_SOURCES)
if(QMTRAJ_RDKIT)
  include(CheckLanguage)
  check_language(CXX)
  find_path(RDKIT_INCLUDE GraphMol/GraphMol.h PATH_SUFFIXES rdkit)
  set(RDKIT_LIBRARIES)
  set(RDKIT_FOUND TRUE)
  foreach(part DistGeomHelpers DistGeometry ForceFieldHelpers ForceField SmilesParse GraphMol RDGeneral RDGeometryLib)
    find_library(RDKIT_${part} RDKit${part})
    list(APPEND RDKIT_LIBRARIES ${RDKIT_${part}})
    if(NOT RDKIT_${part})
      set(RDKIT_FOUND FALSE)
    endif()
  endforeach()
  if(CMAKE_CXX_COMPILER AND RDKIT_INCLUDE AND RDKIT_FOUND)
    enable_language(CXX)
    set(CMAKE_CXX_STANDARD 17)
    set(CMAKE_CXX_EXTENSIONS OFF)
    set(CMAKE_CXX_VISIBILITY_PRESET hidden)
    set(QMTRAJ_RDKIT_SOURCES src/structure/smiles_rdkit.cpp)
    target_include_directories(qmtraj_dependencies SYSTEM INTERFACE ${RDKIT_INCLUDE})
    target_compile_definitions(qmtraj_dependencies INTERFACE QMTRAJ_HAVE_RDKIT)
    target_link_libraries(qmtraj_dependencies INTERFACE ${RDKIT_LIBRARIES} stdc++)
    message(STATUS "RDKit: ${RDKIT_INCLUDE}")
  else()
    message(STATUS "RDKit: not found, SMILES cannot be embedded (Debian: librdkit-dev, g++)")
  endif()
endif()
