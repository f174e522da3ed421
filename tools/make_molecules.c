/// Makes FOLDER/NAME.xyz for every line of a file of SMILES; run by hand when the set changes:
///
///     make_molecules data/molecules/qm_molecules.smi data/molecules/xyz

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "structure/smiles.h"
#include "structure/xyz.h"

static QmtStatus make_one(QmtContext *ctx, const char *folder, Structure *s)
{
    char name[STRUCTURE_NAME_SIZE + 8], path[FILE_PATH_SIZE];
    char *text = NULL;
    TRY(smiles_embed(ctx, s));
    snprintf(name, sizeof name, "%s.xyz", s->name);
    TRY(file_join(ctx, folder, name, path));
    TRY(xyz_format(ctx, s, &text));
    const QmtStatus status = file_write_whole(ctx, path, text, strlen(text));
    free(text);
    return status;
}

static QmtStatus make_all(QmtContext *ctx, const char *smiles_path, const char *folder)
{
    StructureList list = {0};
    TRY(smiles_read_table(ctx, smiles_path, NULL, &list));
    QmtStatus status = structures_check_names(ctx, &list);
    if (status == QMT_OK)
        status = file_make_directories(ctx, folder);
    for (size_t i = 0; i < list.n && status == QMT_OK; i++)
        status = make_one(ctx, folder, &list.items[i]);
    structures_release(&list);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: make_molecules FILE.smi FOLDER\n");
        return 2;
    }
    QmtContext *ctx;
    QmtStatus status = qmt_context_create(&ctx);
    if (status == QMT_OK)
        status = make_all(ctx, argv[1], argv[2]);
    if (status != QMT_OK)
        fprintf(stderr, "%s\n", ctx != NULL ? qmt_context_message(ctx) : "no memory");
    qmt_context_destroy(&ctx);
    return status != QMT_OK;
}
