"""People who are known twice: proposed, compared, united by a person, parted again."""
