"""The command line, for operators: one file per group of commands. Help needs neither Django nor a database."""
