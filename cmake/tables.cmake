# data/*.csv -> const C tables in the build folder, by the host tool tablegen. The list below says
# which struct of src/data/tables.h a file fills; "constants" makes a macro of each row.
set(QMTRAJ_TABLES_DIR ${CMAKE_BINARY_DIR}/tables)
set(QMTRAJ_TABLE_LIST
  gfn2_globals.csv:constants
  gfn2_elements.csv:Gfn2Element
  gfn2_shells.csv:Gfn2Shell
  gfn1_globals.csv:constants
  gfn1_elements.csv:Gfn1Element
  gfn1_shells.csv:Gfn1Shell
  gfn1_pairs.csv:Gfn1Pair
  sto_ng.csv:StoPrimitive
  disp_element.csv:DispElement
  d4_globals.csv:constants
  d4_gfn2_reference.csv:D4Reference
  d4_gfn2_c6.csv:D4C6
  d3_reference.csv:D3Reference
  d3_c6.csv:D3C6
  masses.csv:AtomicMass
  isotopes.csv:IsotopeMass
  ground_states.csv:GroundState
  solvation_globals.csv:constants
  solvation_elements.csv:SolvationElement
  solvation_solvents.csv:SolventRow
  alpb_gfn1_params.csv:SolventElement
  alpb_gfn2_params.csv:SolventElement
  gbsa_gfn1_params.csv:SolventElement
  gbsa_gfn2_params.csv:SolventElement
  lebedev_230.csv:SpherePoint
  cm5_pairs.csv:Cm5Pair)

add_executable(tablegen tools/tablegen.c)
target_link_libraries(tablegen PRIVATE qmtraj_warnings)
set(TABLE_INPUTS)
foreach(entry ${QMTRAJ_TABLE_LIST})
  string(REGEX REPLACE ":.*" "" file ${entry})
  list(APPEND TABLE_INPUTS ${CMAKE_SOURCE_DIR}/data/${file})
endforeach()
set(QMTRAJ_TABLES ${QMTRAJ_TABLES_DIR}/tables_gen.c ${QMTRAJ_TABLES_DIR}/tables_gen.h)
add_custom_command(
  OUTPUT ${QMTRAJ_TABLES}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${QMTRAJ_TABLES_DIR}
  COMMAND tablegen ${CMAKE_SOURCE_DIR}/data ${QMTRAJ_TABLES_DIR} ${QMTRAJ_TABLE_LIST}
  DEPENDS tablegen ${TABLE_INPUTS})
