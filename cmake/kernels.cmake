# One body per instruction set. Fused multiply-add is allowed here and nowhere else.
set(KERNEL_LEVEL -O3)
if(QMTRAJ_SANITIZE)
  set(KERNEL_LEVEL -O1) # with -O3 the checks take minutes to compile
endif()
set(KERNEL_FLAGS ${KERNEL_LEVEL} -Wno-psabi -fopenmp-simd -ffp-contract=fast -fno-math-errno -fno-trapping-math)
if(QMTRAJ_FUZZ)
  # The readers are looked at, and clang takes minutes over kernels with sanitizers.
  list(APPEND KERNEL_FLAGS -fno-sanitize=all)
endif()
if(CMAKE_C_COMPILER_ID MATCHES Clang)
  list(APPEND KERNEL_FLAGS -Wno-pass-failed) # a loop that it does not vectorise is no mistake
endif()
if(QMTRAJ_COVERAGE)
  list(APPEND KERNEL_FLAGS -fno-profile-arcs -fno-test-coverage) # with counts they take many minutes to compile
endif()
set(QMTRAJ_KERNEL_OBJECTS)

add_library(kernels OBJECT src/kernels/kernels.c)
target_include_directories(kernels PRIVATE src)
target_link_libraries(kernels PRIVATE qmtraj_warnings)

function(add_kernels name isa)
  add_library(kernels_${name} OBJECT src/kernels/kernels_body.c)
  string(TOUPPER ${name} upper)
  target_compile_definitions(kernels_${name} PRIVATE KERNELS_TABLE=KERNELS_${upper} KERNELS_ISA="${name}"
                             KERNELS_${upper}_BUILD=1)
  target_include_directories(kernels_${name} PRIVATE src)
  target_compile_options(kernels_${name} PRIVATE ${KERNEL_FLAGS} ${ARGN})
  target_link_libraries(kernels_${name} PRIVATE qmtraj_warnings)
  set(QMTRAJ_KERNEL_OBJECTS ${QMTRAJ_KERNEL_OBJECTS} $<TARGET_OBJECTS:kernels_${name}> PARENT_SCOPE)
endfunction()

add_kernels(generic generic)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  # Vectors of two registers are copied in registers of half the size, or of an eighth, unless gcc is told not to.
  include(CheckCCompilerFlag)
  check_c_compiler_flag("-mavx2 -mmove-max=256 -mstore-max=256" KERNELS_CAN_MOVE_WIDE)
  set(move_wide)
  if(KERNELS_CAN_MOVE_WIDE)
    set(move_wide -mmove-max=256 -mstore-max=256)
  endif()
  # A few vectors are cleared by "rep stos" otherwise, which takes some thirty cycles to begin.
  set(clear_by_vectors -mmemset-strategy=vector_loop:4096:noalign,libcall:-1:noalign)
  check_c_compiler_flag("${clear_by_vectors}" KERNELS_CAN_CLEAR_BY_VECTORS)
  if(NOT KERNELS_CAN_CLEAR_BY_VECTORS)
    set(clear_by_vectors)
  endif()
  add_kernels(avx2 avx2 -mavx2 -mfma ${move_wide})
  add_kernels(avx512 avx512 -mavx512f -mavx512dq -mavx512vl -mfma -mprefer-vector-width=512 ${clear_by_vectors})
endif()
