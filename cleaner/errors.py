"""What can go wrong, as exceptions whose text is one line for the person at the keyboard."""


class CleanerError(Exception):
    """Base of all errors that cleaner raises on purpose."""


class OptionError(CleanerError):
    """An option, a configuration file or a name given to ``only``/``without`` is wrong."""


class PackError(CleanerError):
    """A pack of rules is broken: ``file: rule: what, and the cure``."""

    def __init__(self, pack: str, rule: str, what: str) -> None:
        self.pack = pack
        self.rule = rule
        self.what = what
        super().__init__(": ".join(part for part in (pack, rule, what) if part))


class LedgerError(CleanerError):
    """A ledger cannot be read, or does not belong to the text it is used with."""


class InputError(CleanerError):
    """An input cannot be read: missing, not text, or not in the encoding that was said."""


class RuleTimeoutError(CleanerError):
    """A user's regex ran longer than its time limit; the document fails, the rule is named."""
