# Spack. The URL and checksum of a released archive are those of the variables QMTRAJ_SOURCE_URL and
# QMTRAJ_SOURCE_SHA256; a repository of recipes has both in their place.
import os

from spack.package import *


class Qmtraj(CMakePackage):
    """GFN-xTB trajectories: molecules and a YAML file in, every step with energies and forces out."""

    url = os.environ.get("QMTRAJ_SOURCE_URL", "file:///qmtraj-0.2.0.tar.gz")

    license("Apache-2.0")

    version("0.2.0", sha256=os.environ.get("QMTRAJ_SOURCE_SHA256", "0" * 64))

    variant("rdkit", default=False, description="SMILES as input")
    variant("hdf5", default=True, description="training sets in HDF5")
    variant("python", default=True, description="the Python package")

    depends_on("c", type="build")
    depends_on("cxx", type="build", when="+rdkit")
    depends_on("fortran", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("cjson")
    depends_on("lapack")
    depends_on("libdeflate")
    depends_on("libyaml")
    depends_on("random123", type=("build", "link"))
    depends_on("hdf5+hl", when="+hdf5")
    depends_on("rdkit", when="+rdkit")
    depends_on("boost", when="+rdkit")
    extends("python@3.9:", when="+python")
    depends_on("py-numpy", type="run", when="+python")
    depends_on("py-pip", type="build", when="+python")
    depends_on("py-setuptools@61:", type="build", when="+python")

    generator("ninja")
    conflicts("platform=darwin", msg="the library is linked for Linux")
    conflicts("platform=windows", msg="the library is linked for Linux")

    def cmake_args(self):
        return [
            self.define("QMTRAJ_SYSTEM_LAPACK", True),
            self.define("CMAKE_INSTALL_LIBDIR", "lib"),
            self.define("BUILD_TESTING", False),
            self.define_from_variant("QMTRAJ_RDKIT", "rdkit"),
            self.define_from_variant("QMTRAJ_HDF5", "hdf5"),
        ]

    def setup_run_environment(self, env):
        if self.spec.satisfies("+python"):
            env.set("QMTRAJ_LIBRARY", join_path(self.prefix.lib, "libqmtraj.so"))

    @run_after("install")
    def install_python(self):
        if self.spec.satisfies("+python"):
            with working_dir(join_path(self.stage.source_path, "python")):
                pip = which("pip")
                pip("install", "--no-deps", "--no-build-isolation", f"--prefix={self.prefix}", ".")

    @run_after("install")
    @on_package_attributes(run_tests=True)
    def check_energy(self):
        qmtraj = Executable(self.prefix.bin.qmtraj)
        qmtraj("energy", join_path(self.prefix.share, "qmtraj", "molecules", "xyz", "glycine.xyz"))
