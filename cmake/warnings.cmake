add_library(qmtraj_warnings INTERFACE)
target_compile_options(qmtraj_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:C>:-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
  -Wvla -Wpointer-arith -Wwrite-strings>)
if(QMTRAJ_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
if(QMTRAJ_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,float-cast-overflow -Wno-pass-failed -fno-sanitize-recover=float-cast-overflow)
endif()
