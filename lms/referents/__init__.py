"""An organisation's referent: its own people, their hours and outcomes, their nominations."""
