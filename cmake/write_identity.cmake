# cmake -D SOURCE=. -D SETTINGS=file -D LIBRARIES=a:b -D OUT=identity_gen.c -P write_identity.cmake
#
# qmt_numerics_id(): checksum of the sources, tables, settings and libraries that decide the numbers and the layout
# of a trajectory. Two builds with the same one continue each other's trajectories.
# qmt_build_id(): the commit (git describe), with a checksum of all sources where the work tree was changed; only
# that checksum where this is no git work tree, as in an unpacked release.
cmake_minimum_required(VERSION 3.25)

# Checksum of files, by their names within SOURCE and their content.
function(checksum_files result more)
  set(list "${more}")
  foreach(file IN LISTS ARGN)
    file(SHA256 ${SOURCE}/${file} sum)
    string(APPEND list "${file} ${sum}\n")
  endforeach()
  string(SHA256 sum "${list}")
  string(SUBSTRING ${sum} 0 16 sum)
  set(${result} ${sum} PARENT_SCOPE)
endfunction()

set(numeric)
foreach(floor kernels base data system basis terms scf engine bias opt md)
  list(APPEND numeric src/${floor}/*.c src/${floor}/*.h)
endforeach()
foreach(part trajectory/trajectory io/npy io/zip trajectory/checkpoint analysis/bond analysis/fragments
        analysis/work_test run/frames run/quench run/run_bias run/setup run/spec run/watch campaign/conformer_search
        campaign/solvate structure/solvent_shell)
  list(APPEND numeric src/${part}*.c src/${part}*.h)
endforeach()
list(APPEND numeric src/run/run.c)
list(TRANSFORM numeric PREPEND ${SOURCE}/)
file(GLOB numeric RELATIVE ${SOURCE} ${numeric} ${SOURCE}/data/*.csv ${SOURCE}/tools/tablegen.c)
# Sentences and names: they decide nothing. Nor need the readers of structures and of the configuration be here: what they
# make of an input is compared itself (run/input_digest.h).
list(FILTER numeric EXCLUDE REGEX "^src/base/(context|printable|suggest)\\.[ch]$")

set(settings)
if(SETTINGS)
  file(READ ${SETTINGS} settings)
endif()
string(REPLACE ":" ";" LIBRARIES "${LIBRARIES}")
foreach(library IN LISTS LIBRARIES)
  file(SHA256 ${library} sum)
  string(APPEND settings "${sum}\n")
endforeach()
checksum_files(numerics "${settings}" ${numeric})

# A release unpacked inside somebody's repository is not described by that.
set(build)
execute_process(COMMAND git -C ${SOURCE} rev-parse --show-toplevel
                OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE code)
file(REAL_PATH ${SOURCE} here)
if(code EQUAL 0 AND top STREQUAL here)
  execute_process(COMMAND git --no-optional-locks -C ${SOURCE} describe --always --dirty --match v*
                  OUTPUT_VARIABLE build OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT "${build}" MATCHES "^[-._0-9A-Za-z]+$" OR "${build}" MATCHES "-dirty$")
  file(GLOB_RECURSE all RELATIVE ${SOURCE} ${SOURCE}/src/* ${SOURCE}/include/* ${SOURCE}/data/*.csv
       ${SOURCE}/cmake/* ${SOURCE}/tools/tablegen.c ${SOURCE}/CMakeLists.txt)
  checksum_files(sum "" ${all})
  if(build)
    set(build ${build}.${sum})
  else()
    set(build sources.${sum})
  endif()
endif()

set(text "/* Written by cmake/write_identity.cmake. */
#include \"qmtraj/qmtraj.h\"

const char *qmt_build_id(void)
{
    return \"${build}\";
}

const char *qmt_numerics_id(void)
{
    return \"${numerics}\";
}
")
set(before)
if(EXISTS ${OUT})
  file(READ ${OUT} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${OUT} "${text}")
endif()
