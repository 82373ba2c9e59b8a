"""The portal of a community's legal clinic (社区法律诊所)."""

__version__ = "0.1.0"
