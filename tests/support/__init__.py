"""What the tests share: databases, the fixed cast, a client that checks its pages."""
