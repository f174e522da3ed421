"""Version of the package; that of the library it calls is qmtraj.library_version()."""
__version__ = "0.2.0"
