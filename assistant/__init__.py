"""gongkai (公开助手): answers with the article that says so, and reports whose figures add up."""

__version__ = "0.1.0"
