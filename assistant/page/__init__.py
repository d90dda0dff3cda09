"""The Streamlit page: thin views over the desk."""
