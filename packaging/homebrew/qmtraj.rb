# Homebrew, on Linux. The URLs and checksums of released archives are those of the environment; a tap has them in their place.
class Qmtraj < Formula
  desc "GFN-xTB trajectories with the labels that training code loads"
  url ENV.fetch("HOMEBREW_QMTRAJ_SOURCE_URL")
  version "0.2.0"
  sha256 ENV.fetch("HOMEBREW_QMTRAJ_SOURCE_SHA256")
  license "Apache-2.0"

  depends_on "cmake" => :build
  depends_on "ninja" => :build
  depends_on "pkg-config" => :build
  depends_on "cjson"
  depends_on "hdf5"
  depends_on "lapack"
  depends_on "libdeflate"
  depends_on "libyaml"
  # The library is linked with a version script of GNU ld.
  depends_on :linux
  depends_on "rdkit"

  # Headers alone.
  resource "random123" do
    url ENV.fetch("HOMEBREW_RANDOM123_SOURCE_URL")
    sha256 ENV.fetch("HOMEBREW_RANDOM123_SOURCE_SHA256")
  end

  def install
    resource("random123").stage { (buildpath/"random123").install "include/Random123" }
    system "cmake", "-S", ".", "-B", "build", "-G", "Ninja", *std_cmake_args,
           "-DCMAKE_INSTALL_LIBDIR=lib", "-DBUILD_TESTING=OFF", "-DQMTRAJ_SYSTEM_LAPACK=ON", "-DRANDOM123_INCLUDE=#{buildpath}/random123"
    system "cmake", "--build", "build"
    system "cmake", "--install", "build"
  end

  test do
    (testpath/"water.xyz").write <<~EOS
      3

      O 0 0 0.1193
      H 0 0.7632 -0.4770
      H 0 -0.7632 -0.4770
    EOS
    assert_match(/-5\.0\d+/, shell_output("#{bin}/qmtraj energy water.xyz"))
  end
end
