#include "structure/smiles_rdkit.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <boost/make_shared.hpp>

#ifdef __GLIBC__
#include <execinfo.h>
#endif

#include <DistGeom/BoundsMatrix.h>
#include <DistGeom/TriangleSmooth.h>
#include <GraphMol/DistGeomHelpers/BoundsMatrixBuilder.h>
#include <GraphMol/DistGeomHelpers/Embedder.h>
#include <GraphMol/ForceFieldHelpers/MMFF/MMFF.h>
#include <GraphMol/GraphMol.h>
#include <GraphMol/MolOps.h>
#include <GraphMol/SmilesParse/SmilesParse.h>
#include <RDGeneral/RDLog.h>

namespace
{

constexpr int SEEDS = 8; // tries of the embedding
constexpr unsigned FEW_ITERATIONS = 50;
constexpr int MMFF_ROUND = 200; // iterations of one round of the optimiser
constexpr int MMFF_ROUNDS = 10; // rounds at most
// Distance of two neighbours of a crowded atom in bond lengths: 88 degrees with up to six of them, 68 with more.
constexpr double CROWDED_CLOSEST = 1.39;
constexpr double VERY_CROWDED_CLOSEST = 1.12;
constexpr unsigned ATOMS_MAX = 1000; // the memory of distance geometry grows with the square

/// RDKit's own log lines would end up between ours. Errors of the parser come only this way, so they
/// are kept while this object lives.
class Log
{
  public:
    Log() : before_(rdErrorLog)
    {
        boost::logging::disable_logs("rdApp.*");
        rdErrorLog = std::make_shared<boost::logging::rdLogger>(&stream_);
    }
    ~Log()
    {
        rdErrorLog = before_;
    }
    Log(const Log &) = delete;
    Log &operator=(const Log &) = delete;

    /// The first line without the clock "[12:34:56] " and RDKit's name for the failure.
    std::string sentence() const
    {
        std::string line = stream_.str().substr(0, stream_.str().find('\n'));
        for (const std::string end : {"] ", "SMILES Parse Error: "}) {
            const std::size_t at = line.find(end);
            if (at != std::string::npos)
                line.erase(0, at + end.size());
        }
        return line.substr(0, std::min(line.find(" for input"), line.find(" while parsing")));
    }

  private:
    RDLogger before_;
    std::ostringstream stream_;
};

/// One line without a point at its end. Takes no memory: it is called where there may be none left.
void say(char *reason, std::size_t n, const char *text) noexcept
{
    std::size_t length = 0;
    for (; text[length] != '\0' && length + 1 < n; length++) {
        const char c = text[length];
        reason[length] = (c == '\n' || c == '\r' || c == '\t') ? ' ' : c;
    }
    while (length > 0 && (reason[length - 1] == ' ' || reason[length - 1] == '.'))
        length--;
    reason[length] = '\0';
}

/// An exception that passes pthread_once() makes the GNU C library load its unwinder, and end the process if
/// that is impossible, as it is where bad_alloc was thrown. A look at the stack loads it beforehand.
void unwinder_load() noexcept
{
#ifdef __GLIBC__
    void *frame;
    (void)backtrace(&frame, 1);
#endif
}

/// RDKit reads its tables of torsions at the first embedding; where they find no memory half way an assertion of
/// RDKit ends the process. They take less than this, so who has it free may begin.
bool tables_have_room() noexcept
{
    const std::size_t ROOM = std::size_t{4} << 20;
    void *volatile probe = std::malloc(ROOM); // volatile: a compiler may leave the pair out
    std::free(probe);
    return probe != nullptr;
}

bool embed(RDKit::ROMol &mol, int seed)
{
    RDKit::DGeomHelpers::EmbedParameters parameters(RDKit::DGeomHelpers::ETKDGv3);
    parameters.numThreads = 1;
    for (int i = 0; i < SEEDS; i++) {
        parameters.randomSeed = seed + i;
        // The second half starts from random coordinates, which helps cages and large rings.
        parameters.useRandomCoords = i >= SEEDS / 2;
        // RDKit's own number for the first of each half; what none of these finds has hardly ever a geometry, and
        // to learn that of a bridge drawn inside out took half a minute.
        parameters.maxIterations = i % (SEEDS / 2) == 0 ? 0 : FEW_ITERATIONS;
        if (RDKit::DGeomHelpers::EmbedMolecule(mol, parameters) >= 0)
            return true;
    }
    return false;
}

/// More neighbours than a tetrahedron has corners, or four of them and a lone pair (SF4).
bool is_crowded(const RDKit::Atom &atom)
{
    const auto degree = atom.getDegree();
    const auto z = atom.getAtomicNum();
    const bool lone_pair = (z == 16 || z == 34 || z == 52) && atom.getFormalCharge() == 0 &&
                           atom.getExplicitValence() == 4;
    return degree > 4 || (degree == 4 && lone_pair);
}

bool is_crowded(const RDKit::ROMol &mol)
{
    for (const auto atom : mol.atoms())
        if (is_crowded(*atom))
            return true;
    return false;
}

/// The usual bounds say 109.5 degrees between all neighbours of an atom. About a crowded one any angle from 88 to
/// 180 degrees is allowed, so that six neighbours form an octahedron and five a pyramid.
void bounds_widen(const RDKit::ROMol &mol, DistGeom::BoundsMatrix &bounds)
{
    for (const auto atom : mol.atoms()) {
        if (!is_crowded(*atom))
            continue;
        const double closest = atom->getDegree() > 6 ? VERY_CROWDED_CLOSEST : CROWDED_CLOSEST;
        for (const auto a : mol.atomNeighbors(atom))
            for (const auto b : mol.atomNeighbors(atom)) {
                const unsigned i = a->getIdx(), k = b->getIdx(), c = atom->getIdx();
                if (i >= k)
                    continue;
                const double r = 0.5 * (bounds.getUpperBound(i, c) + bounds.getUpperBound(k, c));
                bounds.setLowerBound(i, k, closest * r);
                bounds.setUpperBound(i, k, 2.02 * r);
            }
    }
}

/// Distance geometry from random coordinates with these bounds, without the knowledge of torsions and rings.
bool embed_crowded(RDKit::ROMol &mol, int seed)
{
    const auto bounds = boost::make_shared<DistGeom::BoundsMatrix>(mol.getNumAtoms());
    const DistGeom::BoundsMatPtr pointer = bounds;
    RDKit::DGeomHelpers::initBoundsMat(pointer);
    RDKit::DGeomHelpers::setTopolBounds(mol, pointer);
    bounds_widen(mol, *bounds);
    DistGeom::triangleSmoothBounds(pointer, 0.05);
    RDKit::DGeomHelpers::EmbedParameters parameters;
    parameters.numThreads = 1;
    parameters.useRandomCoords = true;
    parameters.ignoreSmoothingFailures = true;
    parameters.useExpTorsionAnglePrefs = false;
    parameters.useBasicKnowledge = false;
    parameters.boundsMat = bounds;
    for (int i = 0; i < SEEDS; i++) {
        parameters.randomSeed = seed + i;
        if (RDKit::DGeomHelpers::EmbedMolecule(mol, parameters) >= 0)
            return true;
    }
    return false;
}

std::string too_large(unsigned n_atoms)
{
    return std::to_string(n_atoms) + " atoms, at most " + std::to_string(ATOMS_MAX) +
           " can be embedded";
}

/// The geometry that the caller has already, if it is one of this molecule.
struct Known {
    const int *numbers;
    std::size_t n;

    bool is_of(const RDKit::ROMol &mol) const
    {
        if (n != mol.getNumAtoms())
            return false;
        for (const auto atom : mol.atoms())
            if (atom->getAtomicNum() != numbers[atom->getIdx()])
                return false;
        return true;
    }
};

/// Distance geometry and force field; false: no geometry was found.
bool geometry_make(RDKit::ROMol &mol, int seed, RdkitMolecule &out)
{
    const bool crowded = is_crowded(mol);
    if (!(crowded ? embed_crowded(mol, seed) : embed(mol, seed) || embed_crowded(mol, seed)))
        return false;
    std::pair<int, double> result(1, 0.0);
    if (crowded)
        result.first = -1; // MMFF94 knows four neighbours at most
    for (int round = 0; round < MMFF_ROUNDS && result.first == 1; round++)
        result = RDKit::MMFF::MMFFOptimizeMolecule(mol, MMFF_ROUND);
    out.force_field = result.first >= 0;
    return true;
}

/// The bonds of the graph, hydrogen atoms and all.
RdkitResult bonds_list(const RDKit::ROMol &mol, RdkitMolecule &out)
{
    out.bonds = static_cast<int(*)[2]>(std::malloc((mol.getNumBonds() + 1) * sizeof *out.bonds));
    if (out.bonds == nullptr)
        return RDKIT_NO_MEMORY;
    for (const auto bond : mol.bonds()) {
        out.bonds[out.n_bonds][0] = static_cast<int>(bond->getBeginAtomIdx());
        out.bonds[out.n_bonds][1] = static_cast<int>(bond->getEndAtomIdx());
        out.n_bonds++;
    }
    return RDKIT_OK;
}

RdkitResult make(const char *smiles, int seed, const Known &known, const Log &log,
                 RdkitMolecule &out, char *reason, std::size_t n_reason)
{
    // Reading alone takes no time; the chemistry of thousands of atoms takes minutes.
    RDKit::SmilesParserParams bare;
    bare.sanitize = false;
    bare.removeHs = false;
    const std::unique_ptr<RDKit::ROMol> raw(RDKit::SmilesToMol(smiles, bare));
    if (raw && raw->getNumAtoms() > ATOMS_MAX) {
        say(reason, n_reason, too_large(raw->getNumAtoms()).c_str());
        return RDKIT_NO_GEOMETRY;
    }
    std::unique_ptr<RDKit::ROMol> heavy(raw ? RDKit::SmilesToMol(smiles) : nullptr);
    if (!heavy || heavy->getNumAtoms() == 0) {
        const std::string sentence = log.sentence();
        say(reason, n_reason, sentence.empty() ? "the syntax is wrong" : sentence.c_str());
        return RDKIT_NO_MOLECULE;
    }
    std::unique_ptr<RDKit::ROMol> mol(RDKit::MolOps::addHs(*heavy));

    std::vector<int> fragment;
    out.fragments = static_cast<int>(RDKit::MolOps::getMolFrags(*mol, fragment));
    for (const auto atom : mol->atoms()) {
        out.charge += atom->getFormalCharge();
        out.radicals += static_cast<int>(atom->getNumRadicalElectrons());
        out.radicals_most =
            std::max(out.radicals_most, static_cast<int>(atom->getNumRadicalElectrons()));
        if (atom->getAtomicNum() < 1) {
            say(reason, n_reason, "it contains a dummy atom");
            return RDKIT_NO_MOLECULE;
        }
    }
    if (out.fragments > 1)
        return RDKIT_OK;
    if (mol->getNumAtoms() > ATOMS_MAX) {
        say(reason, n_reason, too_large(mol->getNumAtoms()).c_str());
        return RDKIT_NO_GEOMETRY;
    }

    out.known = known.is_of(*mol);
    out.force_field = 1;
    if (!out.known && !geometry_make(*mol, seed, out)) {
        say(reason, n_reason, "no three-dimensional structure satisfies its distances");
        return RDKIT_NO_GEOMETRY;
    }

    const std::size_t n = mol->getNumAtoms();
    out.numbers = static_cast<int *>(std::malloc(n * sizeof *out.numbers));
    out.xyz = out.known ? nullptr : static_cast<double(*)[3]>(std::malloc(n * sizeof *out.xyz));
    out.isotopes = static_cast<int *>(std::malloc(n * sizeof *out.isotopes));
    if (out.numbers == nullptr || out.isotopes == nullptr || (out.xyz == nullptr && !out.known))
        return RDKIT_NO_MEMORY;
    for (std::size_t a = 0; a < n; a++) {
        const RDKit::Atom *const atom = mol->getAtomWithIdx(static_cast<unsigned>(a));
        out.numbers[a] = atom->getAtomicNum();
        out.isotopes[a] = static_cast<int>(atom->getIsotope());
    }
    for (std::size_t a = 0; a < n && !out.known; a++) {
        const auto position = mol->getConformer().getAtomPos(static_cast<unsigned>(a));
        out.xyz[a][0] = position.x;
        out.xyz[a][1] = position.y;
        out.xyz[a][2] = position.z;
    }
    out.n_atoms = n;
    return bonds_list(*mol, out);
}

} // namespace

extern "C" RdkitResult smiles_rdkit_embed(const char *smiles, int seed, const int *known,
                                          size_t n_known, RdkitMolecule *molecule, char *reason,
                                          size_t n_reason)
{
    RdkitMolecule made = {};
    RdkitResult result = RDKIT_NO_MOLECULE;
    unwinder_load();
    if (!tables_have_room())
        return RDKIT_NO_MEMORY;
    try {
        const Log log;
        result = make(smiles, seed, Known{known, n_known}, log, made, reason, n_reason);
    } catch (const std::bad_alloc &) {
        result = RDKIT_NO_MEMORY;
    } catch (const std::exception &error) {
        say(reason, n_reason, error.what());
    } catch (...) {
        say(reason, n_reason, "RDKit gives no reason");
    }
    if (result == RDKIT_OK) {
        *molecule = made;
    } else {
        std::free(made.numbers);
        std::free(made.xyz);
        std::free(made.isotopes);
        std::free(made.bonds);
    }
    return result;
}

namespace
{

/// The atoms of a molecule, hydrogen included, in RDKit's order.
RdkitResult list_atoms(const char *smiles, const Log &log, RdkitMolecule &out, char *reason,
                       std::size_t n_reason)
{
    const std::unique_ptr<RDKit::ROMol> heavy(RDKit::SmilesToMol(smiles));
    if (!heavy || heavy->getNumAtoms() == 0 || heavy->getNumAtoms() > ATOMS_MAX) {
        const std::string sentence = log.sentence();
        say(reason, n_reason, sentence.empty() ? "the syntax is wrong" : sentence.c_str());
        return RDKIT_NO_MOLECULE;
    }
    const std::unique_ptr<RDKit::ROMol> mol(RDKit::MolOps::addHs(*heavy));
    const std::size_t n = mol->getNumAtoms();
    out.numbers = static_cast<int *>(std::malloc(n * sizeof *out.numbers));
    if (out.numbers == nullptr)
        return RDKIT_NO_MEMORY;
    for (std::size_t a = 0; a < n; a++)
        out.numbers[a] = mol->getAtomWithIdx(static_cast<unsigned>(a))->getAtomicNum();
    out.n_atoms = n;
    return RDKIT_OK;
}

} // namespace

extern "C" RdkitResult smiles_rdkit_atoms(const char *smiles, RdkitMolecule *molecule, char *reason,
                                          size_t n_reason)
{
    RdkitMolecule made = {};
    RdkitResult result = RDKIT_NO_MOLECULE;
    unwinder_load();
    try {
        const Log log;
        result = list_atoms(smiles, log, made, reason, n_reason);
    } catch (const std::bad_alloc &) {
        result = RDKIT_NO_MEMORY;
    } catch (const std::exception &error) {
        say(reason, n_reason, error.what());
    } catch (...) {
        say(reason, n_reason, "RDKit gives no reason");
    }
    if (result == RDKIT_OK)
        *molecule = made;
    else
        std::free(made.numbers);
    return result;
}
