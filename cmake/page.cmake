# src/report/page.html, page.css and the scripts, in this order -> one C file in the build folder, by the host tool embed.
set(QMTRAJ_PAGE ${QMTRAJ_TABLES_DIR}/page_parts.c)
add_executable(embed tools/embed.c)
target_link_libraries(embed PRIVATE qmtraj_warnings)
set(PAGE_INPUTS ${CMAKE_SOURCE_DIR}/src/report/page.html ${CMAKE_SOURCE_DIR}/src/report/page.css
                ${CMAKE_SOURCE_DIR}/src/report/text.js ${CMAKE_SOURCE_DIR}/src/report/table.js
                ${CMAKE_SOURCE_DIR}/src/report/plot.js ${CMAKE_SOURCE_DIR}/src/report/viewer.js
                ${CMAKE_SOURCE_DIR}/src/report/panels.js ${CMAKE_SOURCE_DIR}/src/report/page.js)
add_custom_command(
  OUTPUT ${QMTRAJ_PAGE}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${QMTRAJ_TABLES_DIR}
  COMMAND embed ${QMTRAJ_PAGE} ${PAGE_INPUTS}
  DEPENDS embed ${PAGE_INPUTS})
