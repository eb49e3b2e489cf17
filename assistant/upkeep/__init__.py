"""Keeping an installation: what a data folder holds, its version, backups, and whether all is well."""
