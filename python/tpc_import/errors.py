class ImportFailure(Exception):
    """What cannot be written as a program, said to the user."""
