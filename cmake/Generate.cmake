# Rules that make sources from other files: CRDs to C++, files to embedded bytes.
